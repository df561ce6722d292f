import { existsSync } from 'node:fs'
import type { Kind } from '../../contract/kind.ts'
import { findHeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { checkApart, readApart } from '../registry/heads-apart.ts'
import { locateDataFolder } from './database/data-folder.ts'
import type { DirectCalls } from './direct-calls.ts'
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
  const late = createLateRegistry({ label, uploadsAtOnce: MOST_IN_BATCH }, open)
  const keep = findHeadsPlace(root, [label], build)
  let opening: Promise<DirectCalls> | undefined
  const direct = () => {
    opening ??= import('./direct-calls.ts').then((one) => one.openDirectCalls(databaseUrl, kinds, label))
    return opening
  }
  /** Whether the server has the functions that this build calls. */
  let isCurrent = false
  const headsApart: Registry['headsApart'] = async (asked) => {
    const data = await direct()
      .then((one) => one.apart(asked))
      .catch(() => undefined)
    if (data === undefined) return late.headsApart(asked)
    isCurrent = true
    return readApart({ label, keep }, asked, checkApart(label, asked, data))
  }
  /** The direct answer; undefined if there is none. */
  const attempt: Attempt = async (ask) =>
    isCurrent
      ? direct()
          .then(ask)
          .catch(() => undefined)
      : undefined
  return {
    ...late,
    headsApart,
    ...publishDirectly(attempt, late),
    prepare: () =>
      void direct().then(
        (one) => one.connect(),
        () => {},
      ),
    close: async () => {
      // The command does not wait for the end of the connections.
      opening?.then(
        (one) => one.close(),
        () => {},
      )
      await late.close()
    },
  }
}

type Attempt = <Answer>(ask: (calls: DirectCalls) => Promise<Answer>) => Promise<Answer | undefined>

/** The calls of a publish, which are made again by `late` if they fail. */
function publishDirectly(
  attempt: Attempt,
  late: Registry,
): Pick<Registry, 'revisions' | 'stored' | 'upload' | 'sync'> {
  return {
    async revisions(versions) {
      const few = versions.length <= MOST_REVISIONS
      return (few ? await attempt((one) => one.revisions(versions)) : undefined) ?? late.revisions(versions)
    },
    stored: async (bundles) => (await attempt((one) => one.stored(bundles))) ?? late.stored(bundles),
    upload: uploadInBatches(
      async (bucket, objects) => (await attempt((one) => one.storeObjects(bucket, objects))) ?? new Set(),
      late.upload,
    ),
    async sync(kind, request) {
      const isPublish = request.action === 'stage' || request.action === 'commit'
      const answer = isPublish ? await attempt((one) => one.sync(kind, request)) : undefined
      // The REST interface gives a refusal again, and stores its report.
      return answer?.ok ? answer : late.sync(kind, request)
    },
  }
}
