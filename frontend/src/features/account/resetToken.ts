/** What a mailed link carries behind its `#`, where no server's log has it; null in an address that was cut. */
export function resetToken(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') || null
}
