const KEY = 'emoji'
const MOST = 18
const FIRST = ['+1', 'heart', 'joy', 'tada', 'eyes', 'white_check_mark', 'pray', 'rocket', 'fire']

/** Names of the emoji used last, filled up with common ones. */
export function recentEmoji(): string[] {
  return [...new Set([...stored(), ...FIRST])].slice(0, MOST)
}

export function rememberEmoji(name: string) {
  localStorage.setItem(KEY, JSON.stringify([name, ...stored().filter((one) => one !== name)].slice(0, MOST)))
}

function stored(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}
