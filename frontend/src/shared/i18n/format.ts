/**
 * Fills a message in the notation of ICU MessageFormat, as far as the catalogue uses it:
 * `{name}` and `{count, plural, =0 {nobody} one {# reply} other {# replies}}`, nested as deep as needed.
 */
export type Values = Record<string, string | number>

export function format(message: string, values: Values, locale: string): string {
  let out = ''
  let at = 0
  while (at < message.length) {
    const open = message.indexOf('{', at)
    if (open < 0) return out + message.slice(at)
    const close = matching(message, open)
    out += message.slice(at, open) + argument(message.slice(open + 1, close), values, locale)
    at = close + 1
  }
  return out
}

function argument(inside: string, values: Values, locale: string): string {
  const [name = '', kind, ...rest] = inside.split(',')
  const value = values[name.trim()] ?? ''
  if (kind?.trim() !== 'plural') return String(value)
  const number = Number(value)
  const choices = branches(rest.join(','))
  const branch =
    choices.get(`=${number}`) ?? choices.get(new Intl.PluralRules(locale).select(number)) ?? choices.get('other') ?? ''
  return format(branch.replaceAll('#', number.toLocaleString(locale)), values, locale)
}

function branches(text: string): Map<string, string> {
  const found = new Map<string, string>()
  let at = 0
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
    const close = matching(text, open)
    found.set(text.slice(at, open).trim(), text.slice(open + 1, close))
    at = close + 1
  }
  return found
}

/** The place of the brace that closes the one at `open`. */
function matching(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at
  }
  throw new Error(`A brace is not closed in the message: ${text}`)
}
