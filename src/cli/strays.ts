import { Failure } from '../contract/failure.ts'
import { isServerState } from '../core/registry/database-state.ts'
import { asFailure } from './failures/as-failure.ts'
import { NO_COMMAND } from './failures/used-command.ts'

/** Errors that do not reach the command's catch through a promise. */
export interface Strays {
  /** The first such error, as a failure. */
  failure: Promise<Failure>
  /** Stops watching. */
  stop(): void
}

let outlived: ((error: unknown) => void) | undefined

/** Lets a server continue when a connection breaks that nothing waits for; `log` receives the error. */
export function outliveLostConnections(log: (error: unknown) => void): void {
  outlived = log
}

/**
 * Watches the whole process for an error thrown outside of any promise, an unhandled rejection, and an event loop that
 * has nothing left to do although the command has not ended.
 * @param isKnown whether an error is handled elsewhere
 */
export function watchForStrays(isKnown: (error: unknown) => boolean): Strays {
  let settle: (failure: Failure) => void = () => {}
  const failure = new Promise<Failure>((resolve) => {
    settle = resolve
  })
  const onError = (error: unknown): void => {
    if (isKnown(error)) return
    if (outlived && isServerState(error)) outlived(error)
    else settle(asFailure(error, NO_COMMAND))
  }
  const onEmpty = (): void => settle(unfinished())
  process.on('uncaughtException', onError).on('unhandledRejection', onError).on('beforeExit', onEmpty)
  const stop = (): void => {
    outlived = undefined
    process.off('uncaughtException', onError).off('unhandledRejection', onError).off('beforeExit', onEmpty)
  }
  return { failure, stop }
}

function unfinished(): Failure {
  const message = 'the process ended before the command did: a pending operation never completed'
  return new Failure('BUG', message, 'run it again with DEBUG=nofx and report the output')
}
