import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { EventFrame } from './frames'
import { RealtimeSocket, type SocketState } from './socket'

/** The server's end of one socket. */
class FakeSocket {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((close: { code: number }) => void) | null = null
  sent: { id: number; action: string }[] = []
  closed = false

  constructor(readonly url: string) {}

  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.closed = true
  }

  accept() {
    this.onopen?.()
  }
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  hello(id: string) {
    this.say({ type: 'hello', data: { connection_id: id, server_version: '1' }, seq: 0 })
  }
  typing(seq: number) {
    this.say({ type: 'typing', data: { channel_id: 'c', root_id: null, user_id: `u${seq}` }, seq })
  }
  break(code = 1006) {
    this.onclose?.({ code })
  }
}

let sockets: FakeSocket[]
let events: EventFrame[]
let states: SocketState[]
let refused: number
let socket: RealtimeSocket

const last = () => sockets.at(-1)!
const phase = () => states.at(-1)!.phase

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  events = []
  states = []
  refused = 0
  socket = new RealtimeSocket({
    url: 'ws://chat/ws',
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    onRefused: () => refused++,
    random: () => 0,
    open: (url) => {
      sockets.push(new FakeSocket(url))
      return last() as unknown as WebSocket
    },
  })
})

afterEach(() => {
  socket.stop()
  vi.useRealTimers()
})

function goOnline() {
  socket.start()
  last().accept()
  last().hello('first')
}

describe('connecting', () => {
  it('is online with the hello, not before', () => {
    socket.start()
    last().accept()
    expect(phase()).toBe('connecting')
    last().hello('first')
    expect(phase()).toBe('online')
    expect(events.map((event) => event.type)).toEqual(['hello'])
  })

  it('waits longer after each failure, up to half a minute, and says when it tries again', () => {
    socket.start()
    const waits: number[] = []
    for (let attempt = 0; attempt < 9; attempt++) {
      last().break()
      expect(phase()).toBe('waiting')
      const wait = states.at(-1)!.retryAt! - Date.now()
      waits.push(wait)
      vi.advanceTimersByTime(wait)
      expect(phase()).toBe('connecting')
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
    expect(refused).toBe(9)
  })

  it('starts over with short waits once it was online', () => {
    socket.start()
    last().break()
    vi.advanceTimersByTime(500)
    last().break()
    vi.advanceTimersByTime(1000)
    last().accept()
    last().hello('first')
    last().break()
    expect(states.at(-1)!.retryAt! - Date.now()).toBe(500)
  })

  it('tries at once when asked to', () => {
    socket.start()
    last().break()
    socket.retryNow()
    expect(phase()).toBe('connecting')
    expect(sockets).toHaveLength(2)
  })

  it('tells the owner when the login session was revoked', () => {
    goOnline()
    last().break(4103)
    expect(refused).toBe(1)
    vi.advanceTimersByTime(500)
    expect(last().url).toBe('ws://chat/ws')
  })
})

describe('resuming', () => {
  it('asks for exactly what it missed and hears each event once', () => {
    goOnline()
    last().typing(1)
    last().typing(2)
    last().break()
    vi.advanceTimersByTime(500)
    expect(last().url).toBe('ws://chat/ws?connection_id=first&sequence_number=3')
    last().accept()
    last().typing(3)
    last().typing(4)
    expect(events.map((event) => event.seq)).toEqual([0, 1, 2, 3, 4])
  })

  it('is online again when nothing was missed', () => {
    goOnline()
    last().break()
    vi.advanceTimersByTime(500)
    last().accept()
    expect(phase()).toBe('connecting')
    last().say({ reply: last().sent[0]!.id, ok: true })
    expect(phase()).toBe('online')
  })

  it('takes a hello as a new beginning', () => {
    goOnline()
    last().typing(1)
    last().break()
    vi.advanceTimersByTime(500)
    last().accept()
    last().hello('second')
    last().typing(1)
    last().break()
    vi.advanceTimersByTime(500)
    expect(last().url).toContain('connection_id=second&sequence_number=2')
  })

  it('reconnects for a missing number and never passes over it', () => {
    goOnline()
    last().typing(1)
    const first = last()
    last().typing(3)
    expect(first.closed).toBe(true)
    expect(events.map((event) => event.seq)).toEqual([0, 1])
    expect(last().url).toContain('connection_id=first&sequence_number=2')
    last().accept()
    last().typing(2)
    last().typing(3)
    expect(events.map((event) => event.seq)).toEqual([0, 1, 2, 3])
  })

  it('gives a connection up that goes on skipping numbers', () => {
    goOnline()
    for (let again = 0; again < 3; again++) {
      last().accept()
      last().typing(9)
    }
    expect(last().url).toBe('ws://chat/ws')
  })
})

describe('silence', () => {
  it('asks after 25 seconds and comes back when nobody answers', () => {
    goOnline()
    vi.advanceTimersByTime(25_000)
    expect(last().sent).toMatchObject([{ action: 'ping' }])
    vi.advanceTimersByTime(10_000)
    expect(phase()).toBe('waiting')
  })

  it('stays while answers come', () => {
    goOnline()
    for (let round = 0; round < 5; round++) {
      vi.advanceTimersByTime(25_000)
      last().say({ reply: last().sent.at(-1)!.id, ok: true })
    }
    expect(phase()).toBe('online')
    expect(sockets).toHaveLength(1)
  })
})

describe('requests', () => {
  it('settle with the reply of the same number', async () => {
    goOnline()
    const first = socket.request({ action: 'watch_presence', data: { user_ids: ['a'] } })
    const second = socket.request({ action: 'watch_presence', data: { user_ids: ['b'] } })
    last().say({ reply: 2, ok: false, problem: { detail: 'Too many.' } })
    last().say({ reply: 1, ok: true, data: ['online'] })
    await expect(first).resolves.toEqual(['online'])
    await expect(second).rejects.toThrow('Too many.')
  })

  it('fail when the connection breaks', async () => {
    goOnline()
    const asked = socket.request({ action: 'ping' })
    last().break()
    await expect(asked).rejects.toThrow('connection lost')
  })
})
