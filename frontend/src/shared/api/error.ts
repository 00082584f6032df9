import type { Problem } from './types'

/** The server refused a request and said why, in words for people (`message`) and for programs (`code`). */
export class ApiError extends Error {
  override name = 'ApiError'

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title)
  }

  get code() {
    return this.problem.code
  }

  get status() {
    return this.problem.status
  }

  /** The form field at fault, where there is one. */
  get field() {
    return this.problem.field
  }
}

/** The request did not reach the server, or its answer did not come back: trying again may help. */
export class NetworkError extends Error {
  override name = 'NetworkError'
}
