import * as z from 'zod'
import { identityFields } from '../../../contract/fields/identity.ts'
import { deprecationSchema } from '../../../contract/fields/lifecycle.ts'
import { exactVersion } from '../../../contract/fields/semver.ts'
import { about, list, maybe, text } from '../../../contract/fields/shape.ts'
import type { Definition } from '../../../contract/kind.ts'
import { NAME_LENGTH, SERVER_NAME } from './name.ts'
import { OWN_KEY } from './own-values.ts'

/** The form of server.json that this version reads and writes: the date of its published JSON Schema. */
export const FORM = '2025-12-11'
export const FORM_URL = `https://static.modelcontextprotocol.io/schemas/${FORM}/server.schema.json`

/** The transports of the protocol. */
export const TRANSPORTS = ['stdio', 'streamable-http', 'sse'] as const

const anyText = (description: string) => maybe(description, text({ max: 4096 }))

const inputFields = () => ({
  description: anyText('What the value is for.'),
  isRequired: maybe('Whether the server needs the value; false by default.', z.boolean()),
  isSecret: maybe('Whether the value is a secret; false by default.', z.boolean()),
  format: maybe(
    'The form of the value; "string" by default.',
    z.enum(['string', 'number', 'boolean', 'filepath']),
  ),
  value: anyText('A fixed value, which may contain {variables}.'),
  default: anyText('The value when the user gives none.'),
  placeholder: anyText('An example for the user.'),
  choices: maybe('The values to choose from.', list(text({ max: 4096 }), 100)),
})

const input = () => z.strictObject(inputFields())
const variables = () => maybe('The {variables} of the value, by name.', z.record(text({ max: 128 }), input()))

const named = () =>
  z.strictObject({
    name: about('The name of the header or of the environment variable.', text({ min: 1, max: 256 })),
    ...inputFields(),
    variables: variables(),
  })

const argument = () =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('positional'),
      valueHint: anyText('What the value is, as a word.'),
      isRepeated: maybe('Whether the argument may be given several times.', z.boolean()),
      ...inputFields(),
      variables: variables(),
    }),
    z.strictObject({
      type: z.literal('named'),
      name: about(
        'The option, with its hyphens.',
        text({ min: 1, max: 256, pattern: /^\S+$/, must: 'must not contain spaces' }),
      ),
      valueHint: anyText('What the value is, as a word.'),
      isRepeated: maybe('Whether the option may be given several times.', z.boolean()),
      ...inputFields(),
      variables: variables(),
    }),
  ])

const url = () => about('The URL; may contain {variables}.', text({ min: 1, max: 2048 }))
const headers = () => maybe('Headers of each request.', list(named(), 50))

const transport = () =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('stdio') }),
    z.strictObject({ type: z.enum(['streamable-http', 'sse']), url: url(), headers: headers() }),
  ])

const serverPackage = () =>
  z.strictObject({
    registryType: about(
      'The sort of package: "npm", "pypi", "oci", "nuget" or "mcpb".',
      text({ min: 1, max: 64, pattern: /^[a-z0-9-]+$/, must: 'must be a word such as "npm"' }),
    ),
    registryBaseUrl: maybe('The registry of the package.', text({ max: 2048 })),
    identifier: about('The name of the package, its image, or its URL.', text({ min: 1, max: 2048 })),
    version: maybe('The exact version of the package.', text({ min: 1, max: 255 })),
    fileSha256: maybe(
      'The SHA-256 of the file of the package.',
      text({ pattern: /^[a-f0-9]{64}$/, must: 'must be 64 hex digits in lower case' }),
    ),
    runtimeHint: maybe('The program that runs the package, such as "npx".', text({ min: 1, max: 256 })),
    transport: about('How a client talks to the package.', transport()),
    runtimeArguments: maybe('Arguments of the program that runs the package.', list(argument(), 100)),
    packageArguments: maybe('Arguments of the package.', list(argument(), 100)),
    environmentVariables: maybe('Environment variables of the package.', list(named(), 100)),
  })

const remote = () =>
  z.strictObject({
    type: z.enum(['streamable-http', 'sse']),
    url: url(),
    headers: headers(),
    variables: maybe('Every {variable} of the url, by name.', z.record(text({ max: 128 }), input())),
  })

const icon = () =>
  z.strictObject({
    src: about(
      'An https URL.',
      text({ min: 1, max: 255, pattern: /^https:\/\//, must: 'must begin with https://' }),
    ),
    mimeType: maybe(
      'The media type of the image.',
      z.enum(['image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp']),
    ),
    sizes: maybe(
      'Sizes such as "48x48", or "any".',
      list(text({ max: 32, pattern: /^(?:\d+x\d+|any)$/, must: 'must be "48x48" or "any"' }), 20),
    ),
    theme: maybe('The theme that the icon is for.', z.enum(['light', 'dark'])),
  })

const ownValues = () => {
  const { status, owner, license, tags } = identityFields
  return z.strictObject({
    status,
    owner,
    license,
    tags,
    deprecation: maybe('Required when status is "deprecated".', deprecationSchema('server')),
    metadata: maybe('Free-form data, stored unchanged.', z.record(z.string(), z.unknown())),
  })
}

const buildSchema = () =>
  z.strictObject({
    $schema: maybe('The form of this file.', z.literal(FORM_URL)),
    name: about(
      'The name in reverse DNS with one slash, such as "io.github.owner/name". The folder is named after it.',
      text({
        min: 3,
        max: NAME_LENGTH,
        pattern: SERVER_NAME,
        must: 'must be a name such as "io.github.owner/name", with one slash',
      }),
    ),
    title: maybe(
      'The name for people.',
      text({ min: 1, max: 100, pattern: /\S/, must: 'must not be blank' }),
    ),
    description: about(
      'What the server does, in at most 100 characters.',
      text({ min: 1, max: 100, pattern: /\S/, must: 'must not be blank' }),
    ),
    version: about('The exact version (semver).', exactVersion),
    websiteUrl: maybe(
      'The page of the server.',
      text({ max: 2048, pattern: /^https?:\/\//, must: 'must be an http or https URL' }),
    ),
    repository: maybe(
      'The repository of the source code.',
      z.strictObject({
        url: about('The URL of the repository.', text({ min: 1, max: 2048 })),
        source: about('The host of the repository, such as "github".', text({ min: 1, max: 64 })),
        id: maybe('The id that the host gave the repository.', text({ max: 255 })),
        subfolder: maybe('The folder of the server in the repository.', text({ max: 1024 })),
      }),
    ),
    icons: maybe('Pictures for people.', list(icon(), 20)),
    packages: maybe('Packages that run the server.', list(serverPackage(), 20)),
    remotes: maybe('Places where the server runs.', list(remote(), 20)),
    _meta: maybe(
      `Values of others, by reverse DNS. NOFX's own are in "${OWN_KEY}".`,
      z.looseObject({ [OWN_KEY]: maybe('The values of NOFX.', ownValues()) }),
    ),
  })

let built: ReturnType<typeof buildSchema> | undefined

/** The shape of server.json, made when it is first used: most commands need no server. */
export function serverSchema(): ReturnType<typeof buildSchema> {
  built ??= buildSchema()
  return built
}

/** The values of NOFX in a server.json. */
export type OwnValues = z.output<ReturnType<typeof ownValues>>
export type CheckedServerManifest = Omit<z.output<ReturnType<typeof buildSchema>>, '_meta'> & {
  _meta?: { [OWN_KEY]?: OwnValues; [key: string]: unknown }
}
export type ServerDefinition = Definition<CheckedServerManifest>
export type ServerPackage = z.output<ReturnType<typeof serverPackage>>
export type ServerRemote = z.output<ReturnType<typeof remote>>
export type NamedInput = z.output<ReturnType<typeof named>>
export type ServerArgument = z.output<ReturnType<typeof argument>>

/** The values of NOFX; none when the file has none. */
export function ownValuesOf(manifest: CheckedServerManifest): OwnValues {
  return manifest._meta?.[OWN_KEY] ?? {}
}
