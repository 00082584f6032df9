import { useAccount } from '@/features/account'
import { useChannels } from '@/features/channels'
import type { Post } from '@/shared/api'
import { optimistic } from '@/shared/optimistic'
import { toastError } from '@/shared/ui'

import { postsApi } from './api'
import { usePosts } from './store'

/** What the caller can do with posts. Each shows its effect at once and takes it back when refused. */
export function usePostActions() {
  const posts = usePosts()
  const { me, can } = useAccount()
  const channels = useChannels()

  const channelRoles = (post: Post) => channels.memberships.get(post.channel_id)?.roles
  const allowed = (permission: string, post: Post) =>
    can(permission, { teamId: channels.byId.get(post.channel_id)?.team_id, channelRoles: channelRoles(post) })

  const isOwn = (post: Post) => post.user_id === me.id
  const mayEdit = (post: Post) => post.kind === '' && isOwn(post) && allowed('edit_post', post)
  const mayDelete = (post: Post) => allowed(isOwn(post) ? 'delete_post' : 'delete_others_posts', post)
  const mayReact = (post: Post) => allowed('add_reaction', post)

  async function edit(post: Post, message: string) {
    const change = () => {
      posts.change(post.id, (now) => ({ ...now, message, edited_at: Date.now() }))
      return () => posts.change(post.id, (now) => ({ ...now, message: post.message, edited_at: post.edited_at }))
    }
    posts.upsert(await optimistic(change, () => postsApi.edit(post.id, message)))
  }

  async function remove(post: Post) {
    const change = () => {
      posts.remove(post.id)
      return () => posts.restore(post)
    }
    await optimistic(change, () => postsApi.remove(post.id)).catch(toastError)
  }

  async function toggleReaction(post: Post, emoji: string) {
    const reaction = { post_id: post.id, channel_id: post.channel_id, user_id: me.id, emoji }
    const had = post.reactions.some((one) => one.emoji === emoji && one.user_ids.includes(me.id))
    const [now, back] = had
      ? [posts.removeReaction, posts.addReaction]
      : [posts.addReaction, posts.removeReaction]
    const change = () => {
      now(reaction)
      return () => back(reaction)
    }
    const request = () => (had ? postsApi.unreact(post.id, emoji) : postsApi.react(post.id, emoji))
    await optimistic<unknown>(change, request).catch(toastError)
  }

  return { isOwn, mayEdit, mayDelete, mayReact, edit, remove, toggleReaction }
}
