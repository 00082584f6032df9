import { describe, expect, it } from 'vitest'

import { wordAt } from './words'

describe('wordAt', () => {
  it.each([
    ['hello @gra', 'gra', 6],
    ['@', '', 0],
    ['(@Ada', 'ada', 1],
    ['well :tad', 'tad', 5],
    [':+1', '+1', 0],
    ['see :t', null, 0],
    ['mail me@example', null, 0],
    ['at 10:30', null, 0],
    ['@ada what', null, 0],
  ])('in "%s" finds %s', (text, query, start) => {
    const word = wordAt(text, text.length)
    expect(word?.query ?? null).toBe(query === null ? null : query)
    if (word) expect(word.start).toBe(start)
  })

  it('looks at the caret, not at the end', () => {
    expect(wordAt('@gra and more', 4)).toMatchObject({ query: 'gra', start: 0, end: 4 })
    expect(wordAt('@gra and more', 8)).toBeNull()
  })
})
