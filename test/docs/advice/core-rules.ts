import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { CoreRule } from '../../../src/contract/rules.ts'

/** What to do about a finding of a rule that every kind has. */
export const CORE_ADVICE: Record<CoreRule, string> = {
  NOFX_JSON_SYNTAX:
    'Fix the syntax at that place: often there is a comment, a trailing comma or a missing quote.',
  NOFX_JSON_BOM: 'Save the file as UTF-8 without a byte order mark.',
  NOFX_JSON_DUPLICATE_KEY: 'Keep one of the two keys, because JSON parsers disagree on which one counts.',
  NOFX_JSON_DEPTH: 'Flatten the structure.',
  NOFX_JSON_KEY: 'Rename the key.',
  NOFX_JSON_STRING: 'Remove the character.',
  NOFX_JSON_NUMBER: 'Write the number as a string, or use a smaller number.',
  NOFX_JSON_OBJECT: 'Start the file with `{`; in YAML, write fields such as `name: value`.',
  NOFX_YAML_SYNTAX: 'Fix the syntax at that place, and keep one document in the file.',
  NOFX_YAML_TAG: 'Remove the tag.',
  NOFX_YAML_ALIAS: 'Write the values out instead of using aliases.',
  NOFX_FRONT_MATTER_MISSING: 'Start the file with a line `---`, then the fields, then another line `---`.',
  NOFX_MANIFEST_MISSING:
    'Add the manifest, rename the file that should be the manifest, or remove the folder.',
  NOFX_MANIFEST_TWICE: 'Remove one of the two manifests.',
  NOFX_MANIFEST_SIZE: 'Move long texts to separate files.',
  NOFX_FIELD_UNKNOWN: 'Correct the spelling as the hint suggests, or move the field under `metadata`.',
  NOFX_FIELD_REQUIRED: 'Add the field.',
  NOFX_FIELD_TYPE: 'Give a value of the type in the message.',
  NOFX_FIELD_INVALID:
    'Give a value that the schema allows. `nofx schema <kind>` prints the schema, and the authoring pages explain it.',
  NOFX_ID_FORMAT: 'Choose an id such as `code-reviewer`.',
  NOFX_ID_FOLDER: 'Give the folder and the id the same name.',
  NOFX_ID_DEVICE: 'Choose another id.',
  NOFX_FILE_SYMLINK: 'Replace the link by the file itself.',
  NOFX_FILE_SUBMODULE: 'Copy the files into the folder, without `.git`, and commit them.',
  NOFX_FILE_LFS_POINTER:
    'Take the file out of LFS (`git lfs untrack <pattern>`, `git add --renormalize .`), then commit the content. The commit has only the pointer, and readers would get the pointer.',
  NOFX_FILE_UNREADABLE: 'Check that the file exists and that you may read it.',
  NOFX_FILE_ENCODING: 'Save the file as UTF-8, or move it to `assets/`.',
  NOFX_FILE_SIZE: 'Split the text, or make the asset smaller.',
  NOFX_FILE_COUNT: 'Remove files, or pack several assets into one file.',
  NOFX_FILE_TWIN: 'Rename one of the two files, because macOS and Windows treat them as one.',
  NOFX_FILE_NAME: 'Rename the file without the character in the message.',
  NOFX_FILE_OUTSIDE:
    'Move the file into the folder of the definition, and write its path relative to that folder.',
  NOFX_FILE_MISSING: 'Add the file, or correct the path.',
  NOFX_FILE_UNNAMED: 'Name the file in the manifest, or remove it.',
  NOFX_TEXT_TOTAL: 'Move long texts to `assets/`.',
  NOFX_CONFLICT_MARKERS:
    'Resolve the conflict: keep one side or both, and remove the lines that start with `<<<<<<<`, `=======` and `>>>>>>>`. Indent these lines if the text shows them as an example.',
  NOFX_TEXT_NUL: 'Remove the character.',
  NOFX_TEXT_CONTROL: 'Remove the character, because a terminal would interpret it.',
  NOFX_TEXT_SURROGATE: 'Type the character again.',
  NOFX_TEXT_BOM: 'Save the file as UTF-8 without a byte order mark.',
  NOFX_TEXT_BIDI: 'Remove the character, because people would see another order than a model reads.',
  NOFX_TEXT_BIDI_MARK: 'Remove the mark where no right-to-left text is next to it.',
  NOFX_TEXT_TAG: 'Remove the character, because it hides text from people that a model reads.',
  NOFX_TEXT_ZERO_WIDTH: 'Remove the character, because it hides a difference from readers.',
  NOFX_TEXT_SELECTOR: 'Remove the selector, because it is invisible and can hide data.',
  NOFX_TEXT_INVISIBLE: 'Replace the character by an ordinary space, or remove it.',
  NOFX_TEXT_LAYOUT: 'Remove the soft hyphen, or replace the separator by an ordinary line end.',
  NOFX_TEXT_HIDDEN:
    'Remove the selectors, marks, soft hyphens and joiners that the text does not need, because many of them can carry a hidden text.',
  NOFX_SECRET_SUPABASE: 'Revoke the key, store a new key as a secret, and refer to it by its name.',
  NOFX_SECRET_SERVICE_ROLE: 'Revoke the key, store a new key as a secret, and refer to it by its name.',
  NOFX_SECRET_DEPLOY_HOOK: 'Delete the hook, make a new one, and store its URL as a secret.',
  NOFX_SECRET_BEARER: 'Revoke the token, store a new token as a secret, and refer to it by its name.',
  NOFX_SECRET_FOUND:
    'Revoke the credential, because git keeps it. Store a new one as a secret, and refer to it by its name.',
  NOFX_SECRET_EXAMPLE: 'Remove the value from `exampleSecrets`, or correct it.',
  NOFX_REFERENCE_MISSING: 'Correct the id, or add the definition with that id.',
  NOFX_REFERENCE_UNRESOLVED: 'No action is needed: the publish checks the reference in the registry.',
  NOFX_REFERENCE_NOT_LIVE: 'Make the required definition active first, or set `"status": "draft"` here too.',
  NOFX_REFERENCE_RANGE: 'Change the range, or the version of the other definition.',
  NOFX_REFERENCE_UNMET: 'Ask for something from the list in the hint, or name a definition that offers it.',
  NOFX_REFERENCE_CYCLE: 'Remove one of the references on the cycle.',
}

/** What to do about a finding on a field that several kinds share. */
export const FIELD_ADVICE: Record<keyof typeof FIELD_RULES, string> = {
  NOFX_ALIAS: 'Rename the field as the hint says.',
  NOFX_ALIAS_CONFLICT: 'Keep the present field and remove the older one.',
  NOFX_RESERVED_FIELD: 'Remove the field, because the registry sets it.',
  NOFX_DESCRIPTION_LONG: 'Shorten the description, and move details to a prompt or to `docs`.',
  NOFX_OWNER_MISSING: 'Add `owner`, or set `"status": "draft"`.',
  NOFX_LICENSE: 'Use an identifier of spdx.org/licenses, or `LicenseRef-<name>` for your own licence.',
  NOFX_TAG_DUPLICATE: 'Remove one of the two tags.',
  NOFX_METADATA_SIZE: 'Move large values to a file of the definition.',
  NOFX_DEPRECATION_SELF: 'Name another successor, or remove `replacedBy`.',
  NOFX_DEPRECATION_MISSING: 'Add `deprecation` with a message and, if there is a successor, `replacedBy`.',
  NOFX_VERSION_RANGE: 'Write a semver range such as `^1.2.0` or `>=1.0.0 <3`.',
  NOFX_JSON_SCHEMA: 'Write a schema that is valid in JSON Schema draft 2020-12.',
  NOFX_JSON_SCHEMA_PATTERN:
    'Write the pattern without look-around, back references, flags and repeats beyond 1,000. `maxLength` and `enum` often replace them.',
  NOFX_JSON_SCHEMA_SIZE:
    'Divide the schema, or refer to each part once, because each `$ref` counts as a copy.',
  NOFX_JSON_SCHEMA_REMOTE:
    'Copy the schema under `$defs` and refer to `#/$defs/<name>`, because schemas are never downloaded.',
}
