import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { useAccount } from '@/features/account'
import { dispatcher, realtime, type EventMap } from '@/shared/realtime'

/** How long somebody counts as writing after the last sign of it. */
const SHOWN_MS = 5_000
/** How often the server is told while somebody writes. */
const REPEAT_MS = 3_000

/** Who is writing where. */
export const useTyping = defineStore('typing', () => {
  const account = useAccount()
  const people = shallowReactive(new Map<string, readonly string[]>())
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const lastTold = new Map<string, number>()

  const keyOf = (channelId: string, rootId?: string | null) => rootId ?? channelId

  function show({ channel_id, root_id, user_id }: EventMap['typing']) {
    if (user_id === account.me.id) return
    const key = keyOf(channel_id, root_id)
    const timer = `${key} ${user_id}`
    clearTimeout(timers.get(timer))
    timers.set(timer, setTimeout(() => hide(key, user_id), SHOWN_MS))
    const known = people.get(key) ?? []
    if (!known.includes(user_id)) people.set(key, [...known, user_id])
  }

  function hide(key: string, userId: string) {
    const timer = `${key} ${userId}`
    clearTimeout(timers.get(timer))
    timers.delete(timer)
    const rest = (people.get(key) ?? []).filter((id) => id !== userId)
    if (rest.length) people.set(key, rest)
    else people.delete(key)
  }

  /** Tells the others that the caller is writing, at most every few seconds. */
  function tell(channelId: string, rootId: string | null) {
    const key = keyOf(channelId, rootId)
    if (Date.now() - (lastTold.get(key) ?? 0) < REPEAT_MS) return
    lastTold.set(key, Date.now())
    realtime.send({ action: 'typing', data: { channel_id: channelId, root_id: rootId } })
  }

  const of = (channelId: string, rootId: string | null) => people.get(keyOf(channelId, rootId)) ?? []

  return { of, show, hide, tell, keyOf }
})

export function listenToTyping() {
  const typing = useTyping()
  dispatcher.on('typing', typing.show)
  // Whoever has posted is not writing any more.
  dispatcher.on('post.created', ({ post }) => typing.hide(typing.keyOf(post.channel_id, post.root_id), post.user_id))
}
