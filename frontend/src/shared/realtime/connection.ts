import { reactive, readonly, watch } from 'vue'

import { Dispatcher } from './dispatcher'
import type { EventFrame, OutgoingAction } from './frames'
import { RealtimeSocket, type SocketState } from './socket'

interface Connection extends SocketState {
  /** Since when there has been no connection, in Unix milliseconds; null while there is one. */
  downSince: number | null
}

const state = reactive<Connection>({ phase: 'idle', retryAt: null, downSince: null })

/** What the user may see of the connection. */
export const connection = readonly(state)

export const dispatcher = new Dispatcher()

type Listener = () => void
const helloListeners = new Set<Listener>()
const refusedListeners = new Set<Listener>()

const socket = new RealtimeSocket({
  url: `${location.origin.replace(/^http/, 'ws')}/api/v1/ws`,
  onEvent: receive,
  onState: show,
  onRefused: () => refusedListeners.forEach((listener) => listener()),
})

function receive(event: EventFrame) {
  if (event.type === 'hello') realtime.refetch()
  dispatcher.dispatch(event)
}

function show(next: SocketState) {
  Object.assign(state, next)
  if (next.phase === 'online' || next.phase === 'idle') state.downSince = null
  else state.downSince ??= Date.now()
}

addEventListener('offline', () => socket.suspend())
addEventListener('online', () => socket.retryNow())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) socket.retryNow()
})

export const realtime = {
  start: () => socket.start(),
  stop: () => socket.stop(),
  retryNow: () => socket.retryNow(),
  send: (action: OutgoingAction) => socket.send(action),
  request: (action: OutgoingAction) => socket.request(action),
  /** What was fetched before is out of date. */
  refetch: () => helloListeners.forEach((listener) => listener()),
  /** A new connection id, or [refetch]: whatever was fetched before may be out of date. */
  onHello: (listener: Listener) => helloListeners.add(listener),
  /** The socket could not be opened at all. */
  onRefused: (listener: Listener) => refusedListeners.add(listener),
}

/** Settles once there is a connection. */
export function whenOnline(): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      () => state.phase,
      (phase) => {
        if (phase !== 'online') return
        resolve()
        queueMicrotask(() => stop())
      },
      { immediate: true, flush: 'sync' },
    )
  })
}
