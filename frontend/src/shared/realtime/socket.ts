import { backoff } from './backoff'
import type { EventFrame, Frame, OutgoingAction, ReplyFrame } from './frames'

/** Silence after which the client asks whether the server is still there, and how long it waits for a sign. */
const QUIET_MS = 25_000
const ANSWER_MS = 10_000
/** A connection that skips numbers this often in a row is given up for a new one. */
const MOST_GAPS = 3
/** Close codes: not authenticated; the login session was revoked; the account was deactivated. */
const SESSION_OVER = [1008, 4103, 4104]

/**
 * `idle`: not started. `connecting`: a socket is being opened. `online`: frames flow.
 * `waiting`: the next try comes at `retryAt`.
 */
export type Phase = 'idle' | 'connecting' | 'online' | 'waiting'

export interface SocketState {
  phase: Phase
  /** When the next try comes, in Unix milliseconds; only while waiting. */
  retryAt: number | null
}

export interface SocketOptions {
  /** Address without query. */
  url: string
  onEvent: (event: EventFrame) => void
  onState: (state: SocketState) => void
  /** The socket did not open (no network, no server) or closed because the session may be over. */
  onRefused?: () => void
  open?: (url: string) => WebSocket
  random?: () => number
}

interface Waiter {
  resolve: (data: unknown) => void
  reject: (error: Error) => void
}

/**
 * One websocket for as long as somebody is logged in. It comes back by itself with its connection id and the
 * next number it expects, so that the server sends exactly what was missed; when the server cannot, it answers
 * with a `hello` of a new connection id, which the owner takes as "refetch".
 *
 * Each event reaches `onEvent` once and in order. A missing number never passes: the client reconnects for it.
 */
export class RealtimeSocket {
  private socket: WebSocket | null = null
  private state: SocketState = { phase: 'idle', retryAt: null }
  private connectionId: string | null = null
  private nextSeq = 0
  private attempt = 0
  private gaps = 0
  private lastId = 0
  private replies = new Map<number, Waiter>()
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private quietTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: SocketOptions) {}

  start() {
    if (this.state.phase === 'idle') this.connect()
  }

  /** Ends the connection for good and forgets it: after a logout. */
  stop() {
    this.drop()
    this.connectionId = null
    this.attempt = 0
    this.enter({ phase: 'idle', retryAt: null })
  }

  /** Tries at once instead of at `retryAt`. */
  retryNow() {
    if (this.state.phase !== 'waiting') return
    this.attempt = 0
    this.connect()
  }

  /** The network went away: closes now instead of waiting for the silence to be noticed. */
  suspend() {
    if (this.state.phase === 'online' || this.state.phase === 'connecting') this.comeBackLater()
  }

  /** Says something that does not matter later; without a connection it is forgotten. */
  send(action: OutgoingAction) {
    if (this.state.phase === 'online') this.write(action)
  }

  /** Says something and waits for the server's reply. */
  request(action: OutgoingAction): Promise<unknown> {
    if (this.state.phase !== 'online') return Promise.reject(new Error('not connected'))
    return new Promise((resolve, reject) => this.replies.set(this.write(action), { resolve, reject }))
  }

  private write(action: OutgoingAction): number {
    const id = ++this.lastId
    this.socket?.send(JSON.stringify({ id, ...action }))
    return id
  }

  private connect() {
    this.drop()
    this.enter({ phase: 'connecting', retryAt: null })
    const open = this.options.open ?? ((url: string) => new WebSocket(url))
    const socket = open(this.address())
    this.socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      // A resumed connection may have nothing to say: the reply proves that it lives.
      if (this.connectionId) this.write({ action: 'ping' })
    }
    socket.onmessage = (message) => this.receive(String(message.data))
    socket.onclose = (close) => {
      const over = SESSION_OVER.includes(close.code)
      if (over) this.connectionId = null
      if (over || !opened) this.options.onRefused?.()
      this.comeBackLater()
    }
    this.watchSilence()
  }

  private address() {
    if (!this.connectionId) return this.options.url
    const query = new URLSearchParams({
      connection_id: this.connectionId,
      sequence_number: String(this.nextSeq),
    })
    return `${this.options.url}?${query}`
  }

  private receive(text: string) {
    const frame = JSON.parse(text) as Frame
    this.watchSilence()
    if ('reply' in frame) this.settle(frame)
    else if (!this.accept(frame)) return
    this.attempt = 0
    if (this.state.phase !== 'online') this.enter({ phase: 'online', retryAt: null })
    if (!('reply' in frame)) this.options.onEvent(frame)
  }

  /** Whether the event is the one expected next. If not, the connection starts again from there. */
  private accept(event: EventFrame): boolean {
    if (event.type === 'hello') {
      this.connectionId = event.data.connection_id
    } else if (event.seq !== this.nextSeq) {
      if (++this.gaps >= MOST_GAPS) this.connectionId = null
      this.connect()
      return false
    }
    this.gaps = 0
    this.nextSeq = event.seq + 1
    return true
  }

  private settle(frame: ReplyFrame) {
    const waiter = this.replies.get(frame.reply)
    this.replies.delete(frame.reply)
    if (frame.ok) waiter?.resolve(frame.data)
    else waiter?.reject(new Error(frame.problem?.detail ?? 'refused'))
  }

  private watchSilence() {
    clearTimeout(this.quietTimer)
    this.quietTimer = setTimeout(() => {
      if (this.state.phase === 'online') this.write({ action: 'ping' })
      this.quietTimer = setTimeout(() => this.comeBackLater(), ANSWER_MS)
    }, QUIET_MS)
  }

  private comeBackLater() {
    this.drop()
    const delay = backoff(this.attempt++, this.options.random)
    this.retryTimer = setTimeout(() => this.connect(), delay)
    this.enter({ phase: 'waiting', retryAt: Date.now() + delay })
  }

  private drop() {
    clearTimeout(this.retryTimer)
    clearTimeout(this.quietTimer)
    if (this.socket) {
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null
      this.socket.close()
      this.socket = null
    }
    this.replies.forEach((waiter) => waiter.reject(new Error('connection lost')))
    this.replies.clear()
  }

  private enter(state: SocketState) {
    this.state = state
    this.options.onState(state)
  }
}
