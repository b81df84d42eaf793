import { Vocabulary } from '../redact/words.js'
import { ALL_READS } from './all-reads.js'

/** The words that stay under redaction wherever something of a cluster is written. */
export const VOCABULARY = new Vocabulary(
  ALL_READS.flatMap(({ words }) => words?.split(/\s+/) ?? []),
  ALL_READS.flatMap(({ derives }) => derives ?? []),
)
