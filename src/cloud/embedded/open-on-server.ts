import { existsSync } from 'node:fs'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { findHeadsPlace } from '../../core/registry/kept-heads.ts'
import type { AskedKind, Registry } from '../../core/registry/registry.ts'
import { checkApart, readApart } from '../registry/heads-apart.ts'
import { inDoubt } from '../registry/remote-failure.ts'
import { locateDataFolder } from './database/data-folder.ts'
import type { ServerCalls } from './direct-calls.ts'
import { createLateRegistry } from './late-registry.ts'
import { publicName } from './postgres/server-name.ts'
import { MOST_IN_BATCH, uploadInBatches } from './storage/upload-in-batches.ts'

/** A registry on a PostgreSQL server, in messages. */
export function serverLabel(databaseUrl: string): string {
  return `embedded ${publicName(databaseUrl)}`
}

/** What names a server and the place of what is kept of it. */
interface ServerPlace {
  root: string
  databaseUrl: string
  kinds: readonly Kind[]
}

/** So many revisions are compared by a small publish; they come in one answer. */
const MOST_REVISIONS = 50

/**
 * The registry on a PostgreSQL server that an earlier command opened from here. The calls of a publish are made on
 * connections of their own, before the REST interface is loaded: most publishes need nothing else. Every other call opens
 * the registry, and so does a call that fails here for any reason: then it is made again, with the same idempotency key.
 * Undefined for a server that no command of this project has opened yet.
 * @param open opens the same registry
 * @param build identifies this build of nofx, unless it is the one that runs
 */
export function openOnServer(
  { root, databaseUrl, kinds }: ServerPlace,
  open: () => Promise<Registry>,
  build?: string,
): Registry | undefined {
  if (!existsSync(locateDataFolder(root).serverCache)) return undefined
  const label = serverLabel(databaseUrl)
  const doubt = { isThere: false }
  const openAfterLoss = () =>
    open().catch((error) => {
      throw doubt.isThere && error instanceof Failure ? inDoubt(error, 'the change') : error
    })
  const late = createLateRegistry({ label, uploadsAtOnce: MOST_IN_BATCH }, openAfterLoss)
  const keep = findHeadsPlace(root, [label], build)
  const calls = callWhenLoaded(databaseUrl, kinds, label)
  const headsApart: Registry['headsApart'] = async (questions) => {
    const data = await calls.apart(questions)
    return data === undefined
      ? late.headsApart(questions)
      : readApart({ label, keep }, questions, checkApart(label, questions, data))
  }
  const close = async () => {
    // The command does not wait for the end of the connections.
    calls.close()
    await late.close()
  }
  return {
    ...late,
    headsApart,
    ...publishDirectly(calls.attempt, late, doubt),
    prepare: calls.connect,
    close,
  }
}

/** The calls, whose code is loaded by the first one. */
function callWhenLoaded(url: string, kinds: readonly Kind[], label: string) {
  let loading: Promise<ServerCalls> | undefined
  const load = () => {
    loading ??= import('./direct-calls.ts').then((one) => one.openServerCalls(url, kinds, label))
    return loading
  }
  const ignore = () => undefined
  /** Whether the server has the functions that this build calls. */
  let isCurrent = false
  const apart = async (questions: readonly AskedKind[]): Promise<unknown> => {
    const data = await load()
      .then((one) => one.apart(questions))
      .catch(ignore)
    isCurrent ||= data !== undefined
    return data
  }
  const attempt: Attempt = async (ask) => (isCurrent ? load().then(ask).catch(ignore) : undefined)
  const connect = () => void load().then((one) => one.connect(), ignore)
  return { apart, attempt, connect, close: () => void loading?.then((one) => one.close(), ignore) }
}

/** Makes a call, and gives its answer; undefined if it fails. */
type Attempt = <Answer>(ask: (calls: ServerCalls) => Promise<Answer>) => Promise<Answer | undefined>

/** Whether a commit got no answer, so that it may have been made. */
interface Doubt {
  isThere: boolean
}

/** The calls of a publish, which are made again by `late` if they fail. */
function publishDirectly(
  attempt: Attempt,
  late: Registry,
  doubt: Doubt,
): Pick<Registry, 'revisions' | 'stored' | 'upload' | 'sync'> {
  return {
    async revisions(versions) {
      const few = versions.length <= MOST_REVISIONS
      return (few ? await attempt((one) => one.revisions(versions)) : undefined) ?? late.revisions(versions)
    },
    stored: async (bundles) => (await attempt((one) => one.stored(bundles))) ?? late.stored(bundles),
    upload: uploadInBatches(
      async (bucket, objects) => (await attempt((one) => one.storeObjects(bucket, objects))) ?? new Map(),
      late.upload,
    ),
    async sync(kind, request) {
      const isPublish = request.action === 'stage' || request.action === 'commit'
      const call = (one: ServerCalls) => {
        doubt.isThere = request.action === 'commit'
        return one.sync(kind, request)
      }
      const answer = isPublish ? await attempt(call) : undefined
      if (answer) doubt.isThere = false
      // The REST interface gives a refusal again, and stores its report.
      return answer?.ok ? answer : late.sync(kind, request)
    },
  }
}
