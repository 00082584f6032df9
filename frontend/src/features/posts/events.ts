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

  dispatcher.on('post.created', ({ post, thread }) => {
    posts.upsert(post)
    posts.setThread(post.root_id, thread)
    histories.append(post)
    if (post.user_id === account.me.id) outbox.drop(post.client_id)
  })
  dispatcher.on('post.updated', ({ post }) => posts.upsert(post))
  dispatcher.on('post.deleted', ({ post_id, root_id, thread }) => {
    posts.remove(post_id)
    posts.setThread(root_id, thread)
  })
  dispatcher.on('reaction.added', posts.addReaction)
  dispatcher.on('reaction.removed', posts.removeReaction)
}
