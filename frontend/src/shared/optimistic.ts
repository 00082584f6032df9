/**
 * Shows a change at once and takes it back when the server refuses it. `apply` makes the change and returns
 * how to undo it; the error still reaches the caller, who tells the user.
 */
export async function optimistic<T>(apply: () => () => void, request: () => Promise<T>): Promise<T> {
  const undo = apply()
  try {
    return await request()
  } catch (error) {
    undo()
    throw error
  }
}
