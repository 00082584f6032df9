import { describe, expect, it } from 'vitest'

import { resetToken } from './resetToken'

describe('resetToken', () => {
  it.each([
    ['#token=ybndrfg8', 'ybndrfg8'],
    ['#token=ybndrfg8&from=mail', 'ybndrfg8'],
    ['#token=', null],
    ['#other=1', null],
    ['', null],
  ])('finds in "%s" %s', (hash, token) => {
    expect(resetToken(hash)).toBe(token)
  })
})
