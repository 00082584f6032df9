import { createRequire } from 'node:module'

import type { Plugin } from 'vite'

const ID = 'virtual:emoji'

interface Compact {
  hexcode: string
  label: string
  unicode: string
  group?: number
  order?: number
  tags?: string[]
}

/**
 * Serves `virtual:emoji`: every emoji with a name, in the order of pickers, as
 * `[character, names, group, search words]`. The names are those of the emoji-datasource set, which
 * other chat servers and their clients use as well.
 */
export function emoji(): Plugin {
  return {
    name: 'emoji',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(read())}` : undefined),
  }
}

function read() {
  const require = createRequire(import.meta.url)
  const all: Compact[] = require('emojibase-data/en/compact.json')
  const names: Record<string, string | string[]> = require('emojibase-data/en/shortcodes/iamcal.json')
  return all
    .filter((entry) => names[entry.hexcode] !== undefined && entry.group !== undefined)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((entry) => [
      entry.unicode,
      [names[entry.hexcode]].flat(),
      entry.group,
      [entry.label, ...(entry.tags ?? [])].join(' '),
    ])
}
