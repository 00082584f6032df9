import type { Post } from '@/shared/api'

/** The post with one more reaction; the same when it was there already. */
export function withReaction(post: Post, emoji: string, userId: string): Post {
  const group = post.reactions.find((one) => one.emoji === emoji)
  if (group?.user_ids.includes(userId)) return post
  if (!group) return { ...post, reactions: [...post.reactions, { emoji, user_ids: [userId] }] }
  const grown = { emoji, user_ids: [...group.user_ids, userId] }
  return { ...post, reactions: post.reactions.map((one) => (one === group ? grown : one)) }
}

/** The post with one reaction less. A group without people goes. */
export function withoutReaction(post: Post, emoji: string, userId: string): Post {
  const reactions = post.reactions
    .map((one) => (one.emoji === emoji ? { emoji, user_ids: one.user_ids.filter((id) => id !== userId) } : one))
    .filter((one) => one.user_ids.length > 0)
  return { ...post, reactions }
}
