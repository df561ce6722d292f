import type { ComponentChild } from 'preact'
import { useState } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import type { Definition, Version } from '../../data/queries.ts'
import { carryQuery } from '../../model/address/url-state.ts'
import { VersionMove } from '../moves/version-move.tsx'
import { CommitLink } from '../words/commit-link.tsx'
import { Digest } from '../words/digest.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Tag } from '../words/tag.tsx'
import { Time } from '../words/time.tsx'

const COLUMNS = ['From', 'To', 'Version', 'What happened', 'When', 'Commit', 'Content', '']

/** The versions of a definition, and the choice of two to compare. */
export function VersionTable({ rows, definition }: { rows: Version[]; definition: Definition }) {
  const { kind, id } = definition
  const [, navigate] = useLocation()
  const search = useSearch()
  const [newest, older] = rows
  const [from, setFrom] = useState(older?.version)
  const [to, setTo] = useState(newest?.version)
  const compare = (event: SubmitEvent) => {
    event.preventDefault()
    navigate(carryQuery(`/${kind}/${id}/diff?from=${from}&to=${to}`, search))
  }
  return (
    <form class="part" onSubmit={compare}>
      <table class="versions">
        <VersionHead />
        <tbody>
          {rows.map((row) => (
            <VersionRow key={row.version} row={row} definition={definition} same={sameAs(row, rows)}>
              <Choice name="from" row={row} chosen={from} choose={setFrom} />
              <Choice name="to" row={row} chosen={to} choose={setTo} />
            </VersionRow>
          ))}
        </tbody>
      </table>
      {rows.length > 1 && (
        <p class="actions">
          <button type="submit" disabled={from === to}>
            Compare v{from} with v{to}
          </button>
        </p>
      )}
    </form>
  )
}

function VersionHead() {
  return (
    <thead>
      <tr>
        {COLUMNS.map((name) => (
          <th key={name} scope="col">
            {name || <span class="visually-hidden">Move</span>}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** The first of the shown versions that has the same content, if it is an earlier one. */
function sameAs(row: Version, rows: readonly Version[]): number | undefined {
  return rows.findLast(({ digest, version }) => digest === row.digest && version < row.version)?.version
}

interface VersionRowProps {
  row: Version
  definition: Definition
  same?: number
  children: ComponentChild[]
}

function VersionRow({ row, definition, same, children: [from, to] }: VersionRowProps) {
  const { version, commitSha, digest } = row
  return (
    <tr>
      <td class="is-choice">{from}</td>
      <td class="is-choice">{to}</td>
      <td class="is-version">
        <VersionName row={row} definition={definition} />
      </td>
      <td class="is-what">
        <WhatHappened row={row} />
      </td>
      <td class="is-when soft">
        <Lifetime row={row} />
      </td>
      <td class="is-commit">
        {commitSha && <CommitLink sha={commitSha} repository={definition.manifest.repository} />}
      </td>
      <td class="is-content">
        <Digest
          value={digest}
          label={`the digest of v${version}`}
          link={(short) => (
            <Link
              to={`/${definition.kind}/${definition.id}/v/${version}`}
              label={`${digest.slice(0, 8)}, the content of v${version}`}
            >
              {short}
            </Link>
          )}
        />
        {same !== undefined && <span class="soft"> as v{same}</span>}
      </td>
      <td class="is-move">
        <VersionMove row={row} definition={definition} />
      </td>
    </tr>
  )
}

/** When a version was made, and until when readers got it. */
function Lifetime({ row: { createdAt, lived } }: { row: Version }) {
  return (
    <>
      <Time iso={createdAt} />
      {lived && (
        <span class="until">live until {lived.until === null ? 'now' : <Time iso={lived.until} />}</span>
      )}
    </>
  )
}

function VersionName({ row, definition }: { row: Version; definition: Definition }) {
  const { kind, id, live, held = [], draftVersion } = definition
  const { version, declaredVersion, withdrawnAt, digest } = row
  return (
    <>
      {version > 1 ? (
        <Link to={`/${kind}/${id}/diff?from=${version - 1}&to=${version}`}>v{version}</Link>
      ) : (
        `v${version}`
      )}
      {declaredVersion && (
        <span class="soft">
          {' '}
          <Foreign text={declaredVersion} />
        </span>
      )}
      {live && version === definition.version && <Tag tone="live">live</Tag>}
      {version === draftVersion && <Tag tone="attention">draft</Tag>}
      {held.includes(digest) && <Tag tone="attention">held</Tag>}
      {withdrawnAt && <Tag tone="danger">withdrawn</Tag>}
    </>
  )
}

/** What made a version; who and why are for publishers. */
function WhatHappened({ row: { origin, actor, reason, dirty } }: { row: Version }) {
  return (
    <>
      {origin}
      {actor && (
        <span class="soft">
          {' by '}
          <Foreign text={actor} />
        </span>
      )}
      {reason && (
        <span class="reason">
          <Foreign text={reason} />
        </span>
      )}
      {dirty && <span class="soft"> with files that were not committed</span>}
    </>
  )
}

interface ChoiceProps {
  name: string
  row: Version
  chosen: number | undefined
  choose: (version: number) => void
}

function Choice({ name, row: { version }, chosen, choose }: ChoiceProps) {
  return (
    <input
      type="radio"
      name={name}
      value={version}
      checked={chosen === version}
      onChange={() => choose(version)}
      aria-label={`${name} v${version}`}
    />
  )
}
