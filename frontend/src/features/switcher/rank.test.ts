import { describe, expect, it } from 'vitest'

import { rank } from './rank'

describe('rank', () => {
  it.each([
    ['Town Square', 'to', 3],
    ['Town Square', 'squ', 2],
    ['mary.jackson', 'jack', 2],
    ['Town Square', 'tsq', 1],
    ['Town Square', 'x', 0],
    ['Büro', 'bur', 3],
    ['ada', '@ada', 3],
    ['Anything', '', 3],
  ])('%s for "%s" is %i', (title, typed, expected) => {
    expect(rank(title, typed)).toBe(expected)
  })
})
