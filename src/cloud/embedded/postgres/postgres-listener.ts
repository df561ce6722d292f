import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { connectClient, endClient } from './postgres-client.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/**
 * Listens to a channel on a separate connection, and on a new connection whenever it is lost; an empty payload then
 * reports that notifications may have been missed.
 * @returns the function that stops listening
 * @throws Error when the first connection cannot be made
 */
export async function listenOn(
  url: string,
  channel: string,
  onPayload: (payload: string) => void,
): Promise<() => Promise<void>> {
  const stopped = new AbortController()
  const { signal } = stopped
  let listening = await start(url, channel, onPayload)
  const keepUp = async (): Promise<void> => {
    while (!signal.aborted) {
      await Promise.race([listening.lost, aborted(signal)])
      await endClient(listening.client)
      if (signal.aborted) return
      listening = await again(() => start(url, channel, onPayload), signal)
      onPayload('')
    }
    await endClient(listening.client)
  }
  const upkeep = keepUp().catch(() => {})
  return async () => {
    stopped.abort()
    await upkeep
  }
}

interface ListeningClient {
  client: pg.Client
  /** Settles when the connection is lost. */
  lost: Promise<void>
}

async function start(
  url: string,
  channel: string,
  onPayload: (payload: string) => void,
): Promise<ListeningClient> {
  const client = await connectClient(url)
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve)
    client.once('error', () => resolve())
  })
  client.on('notification', ({ payload = '' }) => onPayload(payload))
  try {
    await client.query(`listen "${channel.replaceAll('"', '""')}"`)
    return { client, lost }
  } catch (error) {
    await endClient(client)
    throw error
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/**
 * Retries until an attempt succeeds, with pauses that double.
 * @throws AbortError when the signal is aborted
 */
async function again(attempt: () => Promise<ListeningClient>, signal: AbortSignal): Promise<ListeningClient> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { signal })
    const listening = await attempt().catch(() => undefined)
    if (listening) return listening
  }
}
