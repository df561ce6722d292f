import { once } from 'node:events'
import * as Flags from '@oclif/core/flags'
import { noteDocument } from '../../cli/answer.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import { openDataFolder } from '../../cloud/embedded/database/data-folder.ts'
import { loadKeys } from '../../cloud/embedded/keys.ts'
import { readRunningDev } from '../../cloud/embedded/running-dev.ts'
import { hostedConfig } from '../../cloud/hosted/hosted-config.ts'
import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import { LARGEST_PAGE, type RegistryEvent } from '../../contract/protocol/events.ts'
import { inertJson, printableText } from '../../core/printable.ts'
import { openClient } from '../../worker/connection/open-client.ts'
import { followEvents, isCursorGone } from '../../worker/feed/follow.ts'
import { openWakeups, type Wakeups } from '../../worker/feed/wakeups.ts'

/** How often a registry without Realtime is polled, milliseconds. */
const POLL_MS = 1_000

export default class Watch extends BaseCommand {
  static override summary = 'Print what changes in the registry, as it happens.'
  static override description =
    'One line per event: its number, time, type, definition, version and digest. Each event is printed once and in order, across lost connections; --since continues after an event. With --json every line is one JSON document: {seq, type, kind, id, version, digest, releaseId, at}. Ctrl-C ends the command. A number that is too old is refused (exit 4): the hint says where to continue.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --since 0 --json',
  ]
  static override flags = {
    env,
    since: Flags.integer({ description: 'start after the event with this number instead of now', min: 0 }),
  }

  protected override readonly graceMs = undefined
  private answered = false
  private troubled = false

  async run(): Promise<void> {
    const { flags } = await this.parse(Watch)
    const wakeups = await this.wakeups(flags.env)
    try {
      const registry = await this.registry(await this.kinds())
      const page = (since: number | 'now', _cut?: AbortSignal, mark?: string | null) =>
        registry.events(since, LARGEST_PAGE, mark)
      const since = flags.since ?? (await page('now')).cursor
      process.stdout.on('error', this.onClosed)
      for await (const event of followEvents({ ...this.following(wakeups), page, since }))
        await this.print(event)
    } finally {
      await wakeups?.close()
    }
  }

  /** One document a line; a failure is the last one. */
  override logJson(json: unknown): void {
    noteDocument()
    process.stdout.write(`${inertJson(JSON.stringify(json))}\n`)
  }

  private following(wakeups: Wakeups | undefined) {
    return {
      wakeups: wakeups?.subscribe ?? (() => () => {}),
      limit: LARGEST_PAGE,
      pollMs: wakeups ? undefined : POLL_MS,
      signal: this.interrupt.signal,
      // A failure of the first read is final; after an answer, reads are retried.
      isFinal: (error: unknown) => !this.answered || isCursorGone(error) || isDenied(error),
      onPage: () => {
        if (this.troubled) this.note('the registry answers again')
        this.answered = true
        this.troubled = false
      },
      onTrouble: (error: unknown) => {
        if (!this.troubled) this.note(`waiting: ${(error as Error).message}`)
        this.troubled = true
      },
    }
  }

  /** Realtime's notifications of changes, where the registry has them. */
  private async wakeups(preview: string | undefined): Promise<Wakeups | undefined> {
    const door = findDoor(this.project.root, process.env)
    // Realtime has no channel for a preview.
    return door && preview === undefined ? openWakeups(await openClient(door), door.drafts) : undefined
  }

  private async print(event: RegistryEvent): Promise<void> {
    const { seq, at, type, version, digest } = event
    const what = version === null ? nameOf(event) : `${nameOf(event)} v${version}`
    const words = [seq, at, type, what, digest?.slice(0, 12)]
    const line = this.jsonEnabled()
      ? inertJson(JSON.stringify(event))
      : printableText(words.filter(Boolean).join('  '))
    // Waits for a slow reader.
    const { signal } = this.interrupt
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain', { signal }).catch(() => {})
  }

  private note(line: string): void {
    process.stderr.write(`${printableText(line)}\n`)
  }

  /** Called when the reader closes the pipe: `nofx registry watch | head`. */
  private readonly onClosed = (): void => {
    this.interrupt.abort()
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Failure && error.code === 'REMOTE_DENIED'
}

/**
 * The address of Realtime; undefined where the registry has none and is polled instead.
 * @throws Failure CONFIG for a folder without a running `nofx dev`: a watcher in this process would lock it for
 * everyone
 */
function findDoor(root: string, env: NodeJS.ProcessEnv): Door | undefined {
  const hosted = hostedConfig(env)
  if (hosted?.via === 'secret') return { url: hosted.url, key: hosted.secretKey, drafts: true }
  if (hosted?.via === 'publishable') return { url: hosted.url, key: hosted.publishableKey, drafts: false }
  if (hosted || env.NOFX_DATABASE_URL) return undefined
  const running = readRunningDev(root)
  if (running) return { url: running.url, key: loadKeys(openDataFolder(root)).secret, drafts: true }
  throw new Failure(
    'CONFIG',
    'nothing serves the registry of this folder, and a watcher would lock it for all other commands',
    'start nofx dev in another terminal, then watch',
  )
}

interface Door {
  url: string
  key: string
  /** Whether the key may hear of drafts. */
  drafts: boolean
}
