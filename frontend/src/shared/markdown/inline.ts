import type { Env, MarkdownIt } from 'markdown-it'

import { emojiChar } from '@/shared/emoji'

const MENTION = /@[a-z0-9][a-z0-9._-]{0,63}/iy
const EMOJI = /:([a-z0-9_+-]{1,64}):/iy
const WORD = /[\p{L}\p{N}_]/u

export interface RenderEnv extends Env {
  /** Lower-case names that mean the reader: the username, `all`, `here`, `channel`. */
  ownNames?: ReadonlySet<string>
}

/** `@name` becomes a marked word; the reader's own names stand out. */
export function mentions(md: MarkdownIt) {
  md.inline.ruler.push('mention', (state, silent) => {
    const found = matchAt(MENTION, state.src, state.pos)
    if (!found || WORD.test(state.src[state.pos - 1] ?? ' ')) return false
    const name = found[0].slice(1).replace(/[._-]+$/, '')
    if (!silent) {
      const token = state.push('mention', '', 0)
      token.content = name
    }
    state.pos += name.length + 1
    return true
  })
  md.renderer.rules.mention = (tokens, at, _options, env) => {
    const name = tokens[at]?.content ?? ''
    const own = (env as RenderEnv | undefined)?.ownNames?.has(name.toLowerCase()) ? ' own' : ''
    return `<span class="mention${own}" data-mention="${md.utils.escapeHtml(name)}">@${md.utils.escapeHtml(name)}</span>`
  }
}

/** `:name:` becomes the emoji; unknown names stay as they were written. */
export function emoji(md: MarkdownIt) {
  md.inline.ruler.push('emoji', (state, silent) => {
    const found = matchAt(EMOJI, state.src, state.pos)
    const char = found && emojiChar(found[1]?.toLowerCase() ?? '')
    if (!found || !char) return false
    if (!silent) {
      const token = state.push('emoji', '', 0)
      token.content = char
      token.markup = found[0]
    }
    state.pos += found[0].length
    return true
  })
  md.renderer.rules.emoji = (tokens, at) =>
    `<span class="emoji" title="${md.utils.escapeHtml(tokens[at]?.markup ?? '')}">${tokens[at]?.content ?? ''}</span>`
}

function matchAt(pattern: RegExp, text: string, at: number) {
  pattern.lastIndex = at
  return pattern.exec(text)
}
