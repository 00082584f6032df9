import { describe, expect, it } from 'vitest'

import { en } from './en'
import { format } from './format'

const replies = '{count, plural, =0 {No reply} one {# reply by {name}} other {# replies by {name}}}'

describe('format', () => {
  it('fills names in', () => {
    expect(format('Hello {name}, {name}!', { name: 'Ada' }, 'en')).toBe('Hello Ada, Ada!')
  })

  it.each([
    [0, 'No reply'],
    [1, '1 reply by Ada'],
    [1200, '1,200 replies by Ada'],
  ])('chooses the plural form of %i', (count, text) => {
    expect(format(replies, { count, name: 'Ada' }, 'en')).toBe(text)
  })

  it('uses the plural rules of the language', () => {
    const text = '{n, plural, one {# plik} few {# pliki} other {# plików}}'
    expect([1, 3, 5].map((n) => format(text, { n }, 'pl'))).toEqual(['1 plik', '3 pliki', '5 plików'])
  })

  it('finds every message of the catalogue well formed', () => {
    for (const message of Object.values(en)) expect(() => format(message, { count: 2 }, 'en')).not.toThrow()
  })
})
