import { isSame, shownList } from '../../../contract/fields/compare.ts'
import type { Risk } from '../../../contract/kind.ts'
import { shownCommand } from '../../agents/risks/shown-command.ts'
import type { ServerArgument, ServerPackage } from '../manifest/schema.ts'
import { inputRisks } from './inputs.ts'

/** Changes to what runs on the machine of a client: packages, their files, their arguments, and what they are given. */
export function packageRisks(
  before: readonly ServerPackage[] | undefined,
  after: readonly ServerPackage[] = [],
): Risk[] {
  const old = new Map((before ?? []).map((one) => [nameOfPackage(one), one]))
  const names = new Set(after.map(nameOfPackage))
  return [
    ...after.flatMap((one, index) => compareOne(old.get(nameOfPackage(one)), one, `packages[${index}]`)),
    ...[...old.keys()]
      .filter((name) => !names.has(name))
      .map(
        (name): Risk => ({
          id: 'server-package-removed',
          level: 'medium',
          field: 'packages',
          message: `the package ${name} is removed`,
        }),
      ),
  ]
}

/** What a package is compared by: its sort, its registry, and its name without the version. */
function nameOfPackage({ registryType, registryBaseUrl, identifier }: ServerPackage): string {
  const name = registryType === 'oci' ? identifier.replace(/(?:@sha256:[0-9a-f]+|:[^:/@]+)$/, '') : identifier
  return `${registryType}:${registryBaseUrl === undefined ? '' : `${registryBaseUrl} `}${name}`
}

function compareOne(before: ServerPackage | undefined, after: ServerPackage, field: string): Risk[] {
  const inputs = inputRisks(before?.environmentVariables, after.environmentVariables, {
    field: `${field}.environmentVariables`,
    what: 'the environment variable',
  })
  if (before === undefined)
    return [
      {
        id: 'server-package-added',
        level: 'high',
        field,
        message: `clients may run the package ${nameOfPackage(after)}: ${shownRun(after)}`,
      },
      ...inputs,
    ]
  return [
    ...fileRisks(before, after, field),
    ...commandRisks(before, after, field),
    ...transportRisks(before, after, field),
    ...inputs,
  ]
}

function fileRisks(before: ServerPackage, after: ServerPackage, field: string): Risk[] {
  const [then, now] = [versionOf(before), versionOf(after)]
  if (then !== now)
    return [{ id: 'server-package-version', level: 'medium', field, message: `version ${then} → ${now}` }]
  if (before.fileSha256 === after.fileSha256) return []
  const message = `version ${now} has another file: ${before.fileSha256 ?? '(no hash)'} → ${after.fileSha256 ?? '(no hash)'}`
  return [{ id: 'server-package-file', level: 'high', field: `${field}.fileSha256`, message }]
}

const versionOf = ({ registryType, identifier, version }: ServerPackage) =>
  version ?? (registryType === 'oci' ? identifier : '(none)')

function commandRisks(before: ServerPackage, after: ServerPackage, field: string): Risk[] {
  const parts = (one: ServerPackage) => [
    one.runtimeHint,
    one.runtimeArguments ?? [],
    one.packageArguments ?? [],
  ]
  if (isSame(parts(before), parts(after))) return []
  const message = `starts ${shownRun(after)} instead of ${shownRun(before)}`
  return [{ id: 'server-command-changed', level: 'high', field, message }]
}

/** The program and the arguments that a manifest gives; a value that the user gives is shown by its name. */
function shownRun({
  runtimeHint,
  registryType,
  runtimeArguments = [],
  packageArguments = [],
}: ServerPackage): string {
  const words = [...runtimeArguments, ...packageArguments].flatMap(shownArgument)
  return shownCommand(runtimeHint ?? registryType, words)
}

function shownArgument(one: ServerArgument): string[] {
  const hint = one.type === 'positional' ? one.valueHint : undefined
  const value = one.value ?? one.default ?? (hint === undefined ? undefined : `<${hint}>`)
  return [...(one.type === 'named' ? [one.name] : []), ...(value === undefined ? [] : [value])]
}

function transportRisks(before: ServerPackage, after: ServerPackage, field: string): Risk[] {
  if (isSame(before.transport, after.transport)) return []
  const shown = ({ transport }: ServerPackage) =>
    shownList([transport.type, ...('url' in transport ? [transport.url] : [])])
  const message = `transport ${shown(before)} → ${shown(after)}`
  return [{ id: 'server-transport-changed', level: 'high', field: `${field}.transport`, message }]
}
