import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { NetworkError } from '@/shared/api'
import { t } from '@/shared/i18n'
import { whenOnline } from '@/shared/realtime'

import { postsApi, type Place } from './api'
import { useHistories } from './histories'
import { usePosts } from './store'

/** Tries of one post while the connection comes and goes, before it is shown as failed. */
const MOST_TRIES = 5

/** A post that the server has not confirmed yet: the local echo. */
export interface Pending {
  clientId: string
  place: Place
  message: string
  createdAt: number
  state: 'sending' | 'failed'
  /** Why it failed, for people. */
  error: string
}

/**
 * Sends posts: shown at once, sent one after the other in each place so that their order is kept, and
 * repeated with the same key after a break so that none is there twice.
 */
export const useOutbox = defineStore('outbox', () => {
  const posts = usePosts()
  const histories = useHistories()
  const pending = shallowReactive(new Map<string, Pending>())
  const queues = new Map<string, Promise<void>>()

  function send(place: Place, message: string) {
    enqueue({
      clientId: crypto.randomUUID(),
      place,
      message,
      createdAt: Date.now(),
      state: 'sending',
      error: '',
    })
  }

  function retry(clientId: string) {
    const entry = pending.get(clientId)
    if (entry?.state === 'failed') enqueue({ ...entry, state: 'sending', error: '' })
  }

  /** The server has it, or the user gave it up. */
  const drop = (clientId: string | null | undefined) => {
    if (clientId) pending.delete(clientId)
  }

  const of = ({ channelId, rootId }: Place) =>
    [...pending.values()].filter((one) => one.place.channelId === channelId && one.place.rootId === rootId)

  function enqueue(entry: Pending) {
    pending.set(entry.clientId, entry)
    const earlier = queues.get(entry.place.channelId) ?? Promise.resolve()
    queues.set(entry.place.channelId, earlier.then(() => deliver(entry)))
  }

  async function deliver(entry: Pending) {
    for (let attempt = 1; pending.has(entry.clientId); attempt++) {
      try {
        const post = await postsApi.create(entry.place, entry.message, entry.clientId)
        posts.upsert(post)
        histories.append(post)
        return drop(entry.clientId)
      } catch (error) {
        if (!(error instanceof NetworkError) || attempt >= MOST_TRIES) return fail(entry, error)
        await whenOnline()
      }
    }
  }

  function fail(entry: Pending, error: unknown) {
    // The event may have been faster than the bad news.
    if (!pending.has(entry.clientId)) return
    const message = error instanceof Error ? error.message : t('error.unknown')
    pending.set(entry.clientId, { ...entry, state: 'failed', error: message })
  }

  return { pending, send, retry, drop, of }
})
