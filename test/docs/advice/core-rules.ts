import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { CoreRule } from '../../../src/contract/rules.ts'

/** What to do about a finding of a rule that every kind has. */
export const CORE_ADVICE: Record<CoreRule, string> = {
  NOFX_JSON_SYNTAX:
    'Mend it at the place that is named: often a comment, a trailing comma, or a quote that is missing.',
  NOFX_JSON_BOM: 'Save the file as UTF-8 without BOM.',
  NOFX_JSON_DUPLICATE_KEY: 'Keep one of the two: readers disagree on which counts.',
  NOFX_JSON_DEPTH: 'Flatten the structure.',
  NOFX_JSON_KEY: 'Rename the key.',
  NOFX_JSON_STRING: 'Remove the character.',
  NOFX_JSON_NUMBER: 'Write it as a string, or use a smaller number.',
  NOFX_JSON_OBJECT: 'Start the file with `{`.',
  NOFX_YAML_SYNTAX: 'Mend the syntax at that place; keep one document a file.',
  NOFX_YAML_TAG: 'Remove the tag.',
  NOFX_YAML_ALIAS: 'Write the values out instead of using aliases.',
  NOFX_MANIFEST_MISSING: 'Add the manifest, rename the file that was meant, or remove the folder.',
  NOFX_MANIFEST_TWICE: 'Remove one of the two.',
  NOFX_MANIFEST_SIZE: 'Move long texts to files of their own.',
  NOFX_FIELD_UNKNOWN: 'Correct the spelling, which the hint guesses, or move it under `metadata`.',
  NOFX_FIELD_REQUIRED: 'Add the field.',
  NOFX_FIELD_TYPE: 'Give a value of the type that is named.',
  NOFX_FIELD_INVALID:
    'Give a value that the schema allows: `nofx schema <kind>` prints it, the authoring pages explain it.',
  NOFX_ID_FORMAT: 'Write it like `code-reviewer`.',
  NOFX_ID_FOLDER: 'Give the folder and the id the same name.',
  NOFX_ID_DEVICE: 'Choose another id.',
  NOFX_FILE_SYMLINK: 'Put the file itself into the folder.',
  NOFX_FILE_SUBMODULE: 'Put the files themselves into the folder, without `.git`, and commit them.',
  NOFX_FILE_LFS_POINTER:
    'A commit has the pointer, and readers would get it. Take the file out of LFS (`git lfs untrack`, `git add --renormalize`), then commit the content.',
  NOFX_FILE_UNREADABLE: 'Check that it exists and that you may read it.',
  NOFX_FILE_ENCODING: 'Save it as UTF-8, or move it to `assets/`.',
  NOFX_FILE_SIZE: 'Split the text, or make the asset smaller.',
  NOFX_FILE_COUNT: 'Remove files, or pack assets into one.',
  NOFX_FILE_TWIN: 'Rename one of the two: on macOS and Windows they are one file.',
  NOFX_FILE_NAME: 'Rename it without characters that some system does not take.',
  NOFX_FILE_OUTSIDE: 'Move the file into the folder and name it relative to that.',
  NOFX_FILE_MISSING: 'Add the file, or correct the path.',
  NOFX_FILE_UNNAMED: 'Name it in the manifest, or remove it: nobody reads it.',
  NOFX_TEXT_TOTAL: 'Move long material to `assets/`.',
  NOFX_TEXT_NUL: 'Remove the character.',
  NOFX_TEXT_CONTROL: 'Remove it: a terminal would obey it.',
  NOFX_TEXT_SURROGATE: 'Type the character again.',
  NOFX_TEXT_BOM: 'Save the file as UTF-8 without BOM.',
  NOFX_TEXT_BIDI: 'Remove it: people would read another order than a model does.',
  NOFX_TEXT_BIDI_MARK: 'Remove it where no right-to-left text is.',
  NOFX_TEXT_TAG: 'Remove it: it hides text from people that a model reads.',
  NOFX_TEXT_ZERO_WIDTH: 'Remove it: it hides a difference that nobody sees.',
  NOFX_TEXT_SELECTOR: 'Remove it: it changes nothing that is seen, and can hide data.',
  NOFX_TEXT_INVISIBLE: 'Replace it by an ordinary space, or remove it.',
  NOFX_TEXT_LAYOUT: 'Remove the soft hyphen; write an ordinary line end for a separator.',
  NOFX_TEXT_HIDDEN:
    'Remove the selectors, marks, soft hyphens and joiners that the text can do without: many of them can carry a text.',
  NOFX_SECRET_SUPABASE: 'Revoke the key, keep the new one as a secret, and refer to it by its name.',
  NOFX_SECRET_SERVICE_ROLE: 'Revoke the key, keep the new one as a secret, and refer to it by its name.',
  NOFX_SECRET_DEPLOY_HOOK: 'Make a new hook, delete this one, and keep its URL as a secret.',
  NOFX_SECRET_BEARER: 'Revoke the token, keep the new one as a secret, and refer to it by its name.',
  NOFX_SECRET_FOUND:
    'Revoke it: what is in git is known. Keep the new one as a secret, and refer to it by its name.',
  NOFX_REFERENCE_MISSING: 'Correct the id, or add that definition.',
  NOFX_REFERENCE_UNRESOLVED: 'Nothing: publish checks it again, in the registry.',
  NOFX_REFERENCE_NOT_LIVE: 'Make that one active first, or set `"status": "draft"` here too.',
  NOFX_REFERENCE_RANGE: 'Change the range, or the version of the other.',
  NOFX_REFERENCE_UNMET: 'Name something that they offer (the hint lists it), or add one that offers it.',
  NOFX_REFERENCE_CYCLE: 'Remove one of the references.',
}

/** What to do about a finding on a field that several kinds share. */
export const FIELD_ADVICE: Record<keyof typeof FIELD_RULES, string> = {
  NOFX_ALIAS: 'Write the field that the hint names.',
  NOFX_ALIAS_CONFLICT: 'Keep today’s field and remove the older one.',
  NOFX_RESERVED_FIELD: 'Remove it: the registry sets it.',
  NOFX_DESCRIPTION_LONG: 'Say it in fewer words, and move the rest to a prompt or to docs.',
  NOFX_OWNER_MISSING: 'Add `owner`, or set `"status": "draft"`.',
  NOFX_LICENSE: 'Use an identifier of spdx.org/licenses, or `LicenseRef-<name>` for your own.',
  NOFX_TAG_DUPLICATE: 'Remove one of them.',
  NOFX_METADATA_SIZE: 'Move what is large to a file of the definition.',
  NOFX_DEPRECATION_SELF: 'Name another one, or leave the successor out.',
  NOFX_DEPRECATION_MISSING: 'Add `deprecation` with a reason and, if there is one, the successor.',
  NOFX_VERSION_RANGE: 'Write a semver range such as `^1.2.0` or `>=1.0.0 <3`.',
  NOFX_JSON_SCHEMA: 'Follow JSON Schema 2020-12.',
  NOFX_JSON_SCHEMA_PATTERN:
    'Write it without look-around, back references, flags and repeats beyond 1,000; use `maxLength` and `enum` as well.',
  NOFX_JSON_SCHEMA_SIZE: 'Divide the schema, or refer to each part once: each `$ref` counts as a copy.',
  NOFX_JSON_SCHEMA_REMOTE:
    'Copy what it names under `$defs` and refer to `#/$defs/<name>`: nothing is downloaded.',
}
