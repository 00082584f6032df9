import { beforeAll, describe, expect, it } from 'vitest'

import { loadEmoji } from '@/shared/emoji'

import { renderMarkdown } from './render'

const element = (source: string, ownNames: string[] = []) => {
  const root = document.createElement('div')
  root.innerHTML = renderMarkdown(source, { ownNames: new Set(ownNames) })
  return root
}

describe('safety', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<style>*{display:none}</style>',
    '<svg onload=alert(1)>',
    '```html\n</code></pre><script>alert(1)</script>\n```',
    '```"><script>alert(1)</script>\ncode\n```',
    '@<img/src/onerror=alert(1)>',
  ])('shows HTML as text: %s', (source) => {
    const root = element(source)
    expect(root.querySelector('script, img, style, svg, [onerror], [onload]')).toBeNull()
    expect(root.querySelector('a[href^="javascript"]')).toBeNull()
  })

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:x)',
    '[x](//elsewhere.example)',
    '<javascript:alert(1)>',
  ])('makes no link of %s', (source) => {
    expect(element(source).querySelector('a')).toBeNull()
  })

  it('opens links apart and without a trace', () => {
    const link = element('see https://example.org/a?b=1&c=2').querySelector('a')
    expect(link?.getAttribute('href')).toBe('https://example.org/a?b=1&c=2')
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    expect(link?.target).toBe('_blank')
  })

  it('fetches no image from elsewhere', () => {
    const root = element('![cat](https://example.org/cat.png)')
    expect(root.querySelector('img')).toBeNull()
    expect(root.querySelector('a')?.textContent).toBe('cat')
  })

  it('needs no style attribute for tables', () => {
    const root = element('| a | b |\n|---|--:|\n| 1 | 2 |')
    expect(root.querySelector('[style]')).toBeNull()
    expect(root.querySelector('td.right')?.textContent).toBe('2')
  })
})

describe('text', () => {
  it('keeps line breaks, lists, quotes and code', () => {
    const root = element('one\ntwo\n\n- a\n- b\n\n> quote\n\n```rust\nlet a = 1 < 2;\n```')
    expect(root.querySelector('br')).not.toBeNull()
    expect(root.querySelectorAll('li')).toHaveLength(2)
    expect(root.querySelector('blockquote')?.textContent?.trim()).toBe('quote')
    expect(root.querySelector('pre code')?.getAttribute('data-language')).toBe('rust')
    expect(root.querySelector('pre code')?.textContent).toBe('let a = 1 < 2;\n')
  })

  it('marks mentions, and those of the reader apart', () => {
    const root = element('@ada and @grace.hopper. Mail me@example.org, `@code`', ['ada'])
    const found = [...root.querySelectorAll('.mention')].map((one) => one.textContent)
    expect(found).toEqual(['@ada', '@grace.hopper'])
    expect(root.querySelector('.own')?.textContent).toBe('@ada')
  })
})

describe('emoji', () => {
  beforeAll(loadEmoji)

  it('become characters, unknown names stay', () => {
    expect(element('well done :tada: :rocket: :no_such_thing: 10:30:15').textContent?.trim()).toBe(
      'well done 🎉 🚀 :no_such_thing: 10:30:15',
    )
  })

  it('stay as written in code', () => {
    expect(element('`:tada:`').textContent?.trim()).toBe(':tada:')
  })
})
