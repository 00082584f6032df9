import { onScopeDispose, watch } from 'vue'

import { connection } from '@/shared/realtime'

import { peopleApi } from './api'
import { usePeople } from './store'

/** The server watches at most this many people for one connection. */
const MOST_WATCHED = 500
const SETTLE_MS = 150

const wanted = new Map<symbol, readonly string[]>()
let timer: ReturnType<typeof setTimeout> | undefined

/** Keeps the presence of these people up to date for as long as the component lives. */
export function usePresenceOf(ids: () => readonly string[]) {
  const key = Symbol('presence')
  watch(
    [() => ids().join(), () => connection.phase === 'online'],
    () => {
      wanted.set(key, ids())
      refresh()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    wanted.delete(key)
    refresh()
  })
}

/** Panes open and close in bursts: one request for all of them. */
function refresh() {
  clearTimeout(timer)
  timer = setTimeout(async () => {
    if (connection.phase !== 'online') return
    const ids = [...new Set([...wanted.values()].flat())].slice(0, MOST_WATCHED)
    try {
      usePeople().setStatuses(await peopleApi.watch(ids))
    } catch {
      // The connection broke: the next one asks again.
    }
  }, SETTLE_MS)
}
