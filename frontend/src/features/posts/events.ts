import { dispatcher } from '@/shared/realtime'

import { useAccount } from '@/features/account'

import { useHistories } from './histories'
import { useOutbox } from './outbox'
import { usePosts } from './store'

export function listenToPosts() {
  const posts = usePosts()
  const histories = useHistories()
  const outbox = useOutbox()
  const account = useAccount()

  dispatcher.on('post.created', ({ post, thread, root_updated_at }) => {
    posts.upsert(post)
    posts.setThread(post.root_id, thread, root_updated_at)
    histories.append(post)
    if (post.user_id === account.me.id) outbox.drop(post.client_id)
  })
  dispatcher.on('post.updated', ({ post }) => posts.upsert(post))
  dispatcher.on('post.deleted', ({ post_id, root_id, thread, root_updated_at }) => {
    posts.remove(post_id)
    posts.setThread(root_id, thread, root_updated_at)
  })
  dispatcher.on('reaction.added', posts.addReaction)
  dispatcher.on('reaction.removed', posts.removeReaction)
}
