import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { usePeople } from '@/features/people'
import type { Post, PostPage, ReactionChange, Thread } from '@/shared/api'

import { withoutReaction, withReaction } from './reactions'

/** Deleted posts remembered, so that an answer that was on its way does not bring one back. */
const MOST_GONE = 1_000

/** A reaction as the server tells it, or as it is shown before the server has answered. */
type Reaction = Omit<ReactionChange, 'post_updated_at'> & Partial<Pick<ReactionChange, 'post_updated_at'>>

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

  /** What a reply that came or went makes of its root. */
  function setThread(rootId?: string | null, thread?: Thread | null, updatedAt?: number | null) {
    const root = rootId ? byId.get(rootId) : undefined
    if (!root || !thread) return
    byId.set(root.id, { ...root, thread, updated_at: updatedAt ?? root.updated_at })
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

  const addReaction = (reaction: Reaction) => changeReaction(reaction, withReaction)
  const removeReaction = (reaction: Reaction) => changeReaction(reaction, withoutReaction)

  function changeReaction({ post_id, emoji, user_id, post_updated_at }: Reaction, how: typeof withReaction) {
    change(post_id, (post) => ({ ...how(post, emoji, user_id), updated_at: post_updated_at ?? post.updated_at }))
  }

  return { byId, upsert, upsertPage, setThread, remove, restore, change, addReaction, removeReaction }
})
