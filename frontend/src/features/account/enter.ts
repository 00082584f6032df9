import { accountApi } from './api'

/**
 * Starts the client anew at a path of this site, so that nothing of an earlier user is left in memory.
 * Anything else than a path would lead away and is ignored.
 */
export function enter(path: string) {
  location.assign(/^\/(?![/\\])/.test(path) ? path : '/')
}

export async function logOut() {
  await accountApi.logOut()
  enter('/login')
}
