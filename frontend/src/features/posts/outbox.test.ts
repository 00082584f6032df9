import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { useAccount } from '@/features/account'
import { ApiError, NetworkError } from '@/shared/api'
import * as realtime from '@/shared/realtime'
import { aBootstrap, aPost } from '@/shared/testing'

import { postsApi } from './api'
import { useHistories } from './histories'
import { useOutbox } from './outbox'
import { usePosts } from './store'

vi.mock('@/shared/realtime', async (original) => ({
  ...(await original<typeof realtime>()),
  whenOnline: vi.fn(() => Promise.resolve()),
}))

const place = { channelId: 'c', rootId: null }
let outbox: ReturnType<typeof useOutbox>

beforeEach(() => {
  setActivePinia(createPinia())
  useAccount().apply(aBootstrap())
  outbox = useOutbox()
  useHistories().show(place, { posts: [], related: [], users: [], older: null, newer: null })
})

/** The server's side of sending: each call waits for the test to settle it. */
function server() {
  const calls: { message: string; clientId: string; accept: () => void; refuse: (error: Error) => void }[] = []
  vi.spyOn(postsApi, 'create').mockImplementation(
    (_place, message, clientId) =>
      new Promise((resolve, reject) =>
        calls.push({
          message,
          clientId,
          accept: () => resolve(aPost({ id: message, message, client_id: clientId, user_id: 'me', created_at: calls.length })),
          refuse: reject,
        }),
      ),
  )
  return calls
}

const refusal = new ApiError({ type: '', title: '', status: 403, code: 'post.forbidden', detail: 'Not here.', request_id: '' })
const calledTimes = (calls: unknown[], times: number) => vi.waitFor(() => expect(calls).toHaveLength(times))

describe('sending', () => {
  it('shows the echo at once and gives way to the post', async () => {
    const calls = server()
    outbox.send(place, 'hello')
    expect(outbox.of(place)).toMatchObject([{ message: 'hello', state: 'sending' }])
    await calledTimes(calls, 1)
    calls[0]!.accept()
    await vi.waitFor(() => expect(outbox.of(place)).toEqual([]))
    expect(useHistories().get(place)?.ids).toEqual(['hello'])
    expect(usePosts().byId.get('hello')?.message).toBe('hello')
  })

  it('keeps the order: the second goes when the first has arrived', async () => {
    const calls = server()
    outbox.send(place, 'first')
    outbox.send(place, 'second')
    await calledTimes(calls, 1)
    calls[0]!.accept()
    await calledTimes(calls, 2)
    expect(calls.map((call) => call.message)).toEqual(['first', 'second'])
  })

  it('repeats with the same key when the connection broke', async () => {
    const calls = server()
    outbox.send(place, 'hello')
    await calledTimes(calls, 1)
    calls[0]!.refuse(new NetworkError())
    await calledTimes(calls, 2)
    expect(realtime.whenOnline).toHaveBeenCalled()
    expect(calls[1]!.clientId).toBe(calls[0]!.clientId)
    calls[1]!.accept()
    await vi.waitFor(() => expect(outbox.of(place)).toEqual([]))
  })

  it('stops when the event came first', async () => {
    const calls = server()
    outbox.send(place, 'hello')
    await calledTimes(calls, 1)
    outbox.drop(calls[0]!.clientId)
    calls[0]!.refuse(new NetworkError())
    await Promise.resolve()
    expect(outbox.of(place)).toEqual([])
    expect(calls).toHaveLength(1)
  })
})

describe('a refusal', () => {
  it('stays visible with its reason, and can be tried again or given up', async () => {
    const calls = server()
    outbox.send(place, 'hello')
    await calledTimes(calls, 1)
    calls[0]!.refuse(refusal)
    await vi.waitFor(() => expect(outbox.of(place)).toMatchObject([{ state: 'failed', error: 'Not here.' }]))

    outbox.retry(calls[0]!.clientId)
    expect(outbox.of(place)).toMatchObject([{ state: 'sending', error: '' }])
    await calledTimes(calls, 2)
    expect(calls[1]!.clientId).toBe(calls[0]!.clientId)
    calls[1]!.refuse(refusal)
    await vi.waitFor(() => expect(outbox.of(place)).toMatchObject([{ state: 'failed' }]))

    outbox.drop(calls[0]!.clientId)
    expect(outbox.of(place)).toEqual([])
  })

  it('does not hold up what comes after it', async () => {
    const calls = server()
    outbox.send(place, 'first')
    outbox.send(place, 'second')
    await calledTimes(calls, 1)
    calls[0]!.refuse(refusal)
    await calledTimes(calls, 2)
    expect(calls[1]!.message).toBe('second')
  })
})
