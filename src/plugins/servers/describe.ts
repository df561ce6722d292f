import { describeIdentity } from '../../contract/fields/describe-identity.ts'
import type { Description } from '../../contract/kind.ts'
import { ownValuesOf, type ServerDefinition } from './manifest/schema.ts'

/** The most entries of a list of facts: a description is a few hundred bytes. */
const MOST_FACTS = 8

/** The description of a server for lists. It provides its name, by which agents refer to it. */
export function describeServer({ manifest }: ServerDefinition): Description {
  const { name, title, description, version, packages = [], remotes = [] } = manifest
  const { status, owner, tags } = ownValuesOf(manifest)
  return {
    ...describeIdentity({
      name: title ?? name.slice(name.indexOf('/') + 1).slice(0, 80),
      description,
      status,
      version,
      owner,
      tags,
    }),
    provides: [name],
    facts: {
      server: name,
      packages: packages
        .slice(0, MOST_FACTS)
        .map(({ registryType, identifier }) => `${registryType}:${identifier.slice(0, 120)}`),
      remotes: remotes.slice(0, MOST_FACTS).map(({ type, url }) => `${type} ${readHost(url)}`),
    },
  }
}

/** The host of a URL that may contain {variables}. */
function readHost(url: string): string {
  return (/^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '').replace(/^.*@/, '').slice(0, 120)
}
