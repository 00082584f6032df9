import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { usePeople } from '@/features/people'
import type { Post, PostPage, ReactionChange, Thread } from '@/shared/api'

import { withoutReaction, withReaction } from './reactions'

/** Deleted posts remembered, so that an answer that was on its way does not bring one back. */
const MOST_GONE = 1_000

/** Every post the client knows. Posts are replaced, never changed in place. */
export const usePosts = defineStore('posts', () => {
  const people = usePeople()
  const byId = shallowReactive(new Map<string, Post>())
  const gone = new Set<string>()

  /** Takes a post from an answer or an event; of two versions the one changed later stays. */
  function upsert(post: Post) {
    if (post.deleted_at) return remove(post.id)
    if (gone.has(post.id)) return
    const known = byId.get(post.id)
    if (known && known.updated_at > post.updated_at) return
    byId.set(post.id, post)
    people.need([post.user_id, ...(post.thread?.participants.slice(-5) ?? [])])
  }

  function upsertPage(page: PostPage) {
    people.upsert(...page.users)
    page.related.forEach(upsert)
    page.posts.forEach(upsert)
  }

  function setThread(rootId: string | null | undefined, thread: Thread | null | undefined) {
    const root = rootId ? byId.get(rootId) : undefined
    if (!root || !thread) return
    byId.set(root.id, { ...root, thread })
    people.need(thread.participants.slice(-5))
  }

  function remove(id: string) {
    byId.delete(id)
    gone.add(id)
    if (gone.size > MOST_GONE) gone.delete(gone.values().next().value ?? '')
  }

  /** Takes a removal back that the server refused. */
  function restore(post: Post) {
    gone.delete(post.id)
    byId.set(post.id, post)
  }

  function change(id: string, how: (post: Post) => Post) {
    const post = byId.get(id)
    if (post) byId.set(id, how(post))
  }

  const addReaction = ({ post_id, emoji, user_id }: ReactionChange) =>
    change(post_id, (post) => withReaction(post, emoji, user_id))
  const removeReaction = ({ post_id, emoji, user_id }: ReactionChange) =>
    change(post_id, (post) => withoutReaction(post, emoji, user_id))

  return { byId, upsert, upsertPage, setThread, remove, restore, change, addReaction, removeReaction }
})
