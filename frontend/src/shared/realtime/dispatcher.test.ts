import { describe, expect, it, vi } from 'vitest'

import { Dispatcher } from './dispatcher'
import type { EventFrame } from './frames'

const left = (id: string): EventFrame => ({ type: 'channel.left', data: { channel_id: id }, seq: 1 })

describe('dispatcher', () => {
  it('hands an event to all who asked for its type, and to nobody else', () => {
    const dispatcher = new Dispatcher()
    const [one, two, other] = [vi.fn(), vi.fn(), vi.fn()]
    dispatcher.on('channel.left', one)
    dispatcher.on('channel.left', two)
    dispatcher.on('team.left', other)
    dispatcher.dispatch(left('a'))
    expect(one).toHaveBeenCalledWith({ channel_id: 'a' })
    expect(two).toHaveBeenCalledOnce()
    expect(other).not.toHaveBeenCalled()
  })

  it('keeps events back while a snapshot is loading and delivers them in order after it', () => {
    const dispatcher = new Dispatcher()
    const seen: string[] = []
    dispatcher.on('channel.left', ({ channel_id }) => seen.push(channel_id))
    dispatcher.hold()
    dispatcher.dispatch(left('a'))
    dispatcher.dispatch(left('b'))
    expect(seen).toEqual([])
    expect(dispatcher.release()).toBe(true)
    dispatcher.dispatch(left('c'))
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('says when it could not keep them all', () => {
    const dispatcher = new Dispatcher()
    dispatcher.hold()
    for (let count = 0; count <= 10_000; count++) dispatcher.dispatch(left('a'))
    expect(dispatcher.release()).toBe(false)
  })

  it('does not let one faulty handler keep an event from the others', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const dispatcher = new Dispatcher()
    const other = vi.fn()
    dispatcher.on('channel.left', () => {
      throw new Error('fault')
    })
    dispatcher.on('channel.left', other)
    dispatcher.dispatch(left('a'))
    expect(other).toHaveBeenCalled()
  })
})
