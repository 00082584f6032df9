import type { User } from '@/shared/api'

/** What people are called everywhere: the nickname, else the full name, else the username. */
export function displayName(user: User): string {
  return user.nickname || `${user.first_name} ${user.last_name}`.trim() || user.username
}

/** One or two letters to stand for a person without a picture. */
export function initials(user: User): string {
  const words = displayName(user).split(/[\s._-]+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters.map((word) => Array.from(word ?? '')[0] ?? '').join('').toUpperCase()
}

/** A steady hue for a person, in degrees. */
export function hue(id: string): number {
  let sum = 0
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 65_521
  // The golden angle keeps neighbours apart.
  return Math.round((sum * 137.508) % 360)
}
