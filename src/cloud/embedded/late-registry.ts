import type { Registry } from '../../core/registry/registry.ts'

/** The methods of a port that answer later. */
type LateMethods<Port> = {
  [Name in keyof Port as Port[Name] extends (...args: never[]) => Promise<unknown> ? Name : never]: true
}

const PREVIEWS: LateMethods<Registry['previews']> = { up: true, list: true, down: true, expired: true }
const REPORTS: LateMethods<Registry['reports']> = { keep: true, list: true, show: true, manifests: true }
const WEBHOOKS: LateMethods<Registry['webhooks']> = {
  add: true,
  list: true,
  test: true,
  rotate: true,
  remove: true,
}
const REGISTRY: LateMethods<Registry> = {
  heads: true,
  askForHeads: true,
  headsApart: true,
  head: true,
  history: true,
  revision: true,
  liveAt: true,
  revisions: true,
  releases: true,
  release: true,
  events: true,
  bundles: true,
  stored: true,
  upload: true,
  download: true,
  readSizes: true,
  sync: true,
  instantiate: true,
  instance: true,
  findInstance: true,
  identities: true,
  revisionRows: true,
  headRows: true,
  close: true,
}

/**
 * A registry that is opened by the first call, and closed only if it was opened.
 * @param label what `open` calls it
 * @throws Failure from every method, also as `open`
 */
export function createLateRegistry(
  { label, uploadsAtOnce }: Pick<Registry, 'label' | 'uploadsAtOnce'>,
  open: () => Promise<Registry>,
): Registry {
  let opened: Promise<Registry> | undefined
  const ready = () => {
    opened ??= open()
    return opened
  }
  const prepare = () => {
    ready().catch(() => {})
  }
  return { ...latePort(label, ready), uploadsAtOnce, prepare, close: async () => (await opened)?.close() }
}

function latePort(label: string, ready: () => Promise<Registry>): Registry {
  return {
    ...late(REGISTRY, ready),
    label,
    previews: late(PREVIEWS, async () => (await ready()).previews),
    reports: late(REPORTS, async () => (await ready()).reports),
    webhooks: late(WEBHOOKS, async () => (await ready()).webhooks),
    inPreview: (name) => {
      const inside = async () => (await ready()).inPreview(name)
      return { ...latePort(`${label}, preview ${name}`, inside), preview: name }
    },
    close: async () => {},
  }
}

/** A port whose methods wait for the real one. */
function late<Port extends object, Methods extends LateMethods<Port>>(
  methods: Methods,
  ready: () => Promise<Port>,
): Pick<Port, keyof Methods & keyof Port> {
  const calls = Object.keys(methods).map((name) => [
    name,
    async (...args: unknown[]) => {
      const port = (await ready()) as Record<string, (...args: unknown[]) => unknown>
      return port[name]?.(...args)
    },
  ])
  return Object.fromEntries(calls) as Pick<Port, keyof Methods & keyof Port>
}
