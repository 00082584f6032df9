export { api, body, csrfToken, whenSignedOut } from './client'
export { ApiError, NetworkError } from './error'
export type * from './types'
