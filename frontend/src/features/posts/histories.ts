import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import type { Post, PostPage } from '@/shared/api'

import { postsApi, type PageQuery, type Place } from './api'
import { usePosts } from './store'

/** Lists kept in memory; the least recently opened goes first. */
const MOST_KEPT = 20

/** A gapless part of a channel's timeline or of a thread. */
export interface History {
  place: Place
  /** Oldest first. */
  ids: string[]
  /** Where older posts go on; null at the beginning. */
  older: string | null
  /** Where newer posts go on; null when the list reaches to now. */
  newer: string | null
  /** Events may have been missed: to be opened again. */
  stale: boolean
}

export const keyOf = ({ channelId, rootId }: Place) => rootId ?? channelId

export const useHistories = defineStore('histories', () => {
  const posts = usePosts()
  const byKey = shallowReactive(new Map<string, History>())
  const running = new Map<string, Promise<void>>()

  const get = (place: Place) => byKey.get(keyOf(place))

  /** Replaces what is known of a place with a page. */
  function show(place: Place, page: PostPage) {
    posts.upsertPage(page)
    const key = keyOf(place)
    byKey.delete(key)
    byKey.set(key, { place, ids: idsOf(page), older: page.older ?? null, newer: page.newer ?? null, stale: false })
    if (byKey.size > MOST_KEPT) byKey.delete(byKey.keys().next().value ?? '')
  }

  const open = (place: Place, query: PageQuery = {}) =>
    once(`open ${keyOf(place)}`, async () => show(place, await postsApi.page(place, query)))

  function loadOlder(place: Place) {
    const before = get(place)?.older
    if (!before) return Promise.resolve()
    return once(`older ${keyOf(place)}`, async () => {
      const page = await postsApi.page(place, { before })
      extend(place, page, (history) => ({ ids: [...idsOf(page), ...history.ids], older: page.older ?? null }))
    })
  }

  function loadNewer(place: Place) {
    const after = get(place)?.newer
    if (!after) return Promise.resolve()
    return once(`newer ${keyOf(place)}`, async () => {
      const page = await postsApi.page(place, { after })
      extend(place, page, (history) => ({ ids: [...history.ids, ...idsOf(page)], newer: page.newer ?? null }))
    })
  }

  function extend(place: Place, page: PostPage, how: (history: History) => Partial<History>) {
    posts.upsertPage(page)
    const history = get(place)
    if (!history) return
    const next = { ...history, ...how(history) }
    byKey.set(keyOf(place), { ...next, ids: [...new Set(next.ids)] })
  }

  /** A post that was just written belongs to the end of lists that reach to now. */
  function append(post: Post) {
    const place = { channelId: post.channel_id, rootId: post.root_id ?? null }
    const history = get(place)
    if (!history || history.newer || history.ids.includes(post.id)) return
    byKey.set(keyOf(place), { ...history, ids: inOrder([...history.ids, post.id], posts.byId) })
  }

  /** After a gap nothing here can be trusted any more: whoever shows a place opens it again. */
  function distrust() {
    for (const [key, history] of byKey) byKey.set(key, { ...history, stale: true })
  }

  /** One request of a kind at a time: those who ask meanwhile wait for the same answer. */
  function once(name: string, work: () => Promise<void>): Promise<void> {
    const known = running.get(name)
    if (known) return known
    const started = work().finally(() => running.delete(name))
    running.set(name, started)
    return started
  }

  return { byKey, get, show, open, loadOlder, loadNewer, append, distrust }
})

const idsOf = (page: PostPage) => page.posts.map((post) => post.id).reverse()

/** Moves the last id to its place in time: events of one channel may overtake an answer. */
function inOrder(ids: string[], byId: ReadonlyMap<string, Post>): string[] {
  const at = (id: string | undefined) => (id ? (byId.get(id)?.created_at ?? 0) : 0)
  const last = ids.at(-1)
  let place = ids.length - 1
  while (last && place > 0 && at(ids[place - 1]) > at(last)) {
    ids[place] = ids[place - 1] as string
    ids[--place] = last
  }
  return ids
}
