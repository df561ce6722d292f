import { Failure } from '../contract/failure.ts'
import { isServerState } from '../core/registry/database-state.ts'
import { asFailure } from './as-failure.ts'

/** Errors that no promise of a command carries to its catch. */
export interface Strays {
  /** The first of them, as the failure that it stands for. */
  failure: Promise<Failure>
  /** No longer looks for them. */
  stop(): void
}

let outlived: ((error: unknown) => void) | undefined

/** A server goes on when a connection breaks where nothing waits for it: `log` hears of that. */
export function outliveLostConnections(log: (error: unknown) => void): void {
  outlived = log
}

/**
 * Watches over the whole process: an error thrown outside of any promise, a rejection that nothing handles, and an event
 * loop that has nothing left to do although the command has not ended.
 * @param isKnown whether something else answers for an error
 */
export function watchForStrays(isKnown: (error: unknown) => boolean): Strays {
  let settle: (failure: Failure) => void = () => {}
  const failure = new Promise<Failure>((resolve) => {
    settle = resolve
  })
  const onError = (error: unknown): void => {
    if (isKnown(error)) return
    if (outlived && isServerState(error)) outlived(error)
    else settle(asFailure(error, undefined))
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
