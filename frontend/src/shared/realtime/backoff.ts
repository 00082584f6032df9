const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait before try number `attempt` (0 for the first), in milliseconds: doubling up to half a
 * minute, less a random share of up to a half so that clients do not all come back at once.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return Math.round(longest * (1 - random() / 2))
}
