/** Who receives the frames of a capture, in the order of the file. */
export interface FrameSink {
  /**
   * The captured bytes are [start, end) of the view, and only valid during the call.
   * `nanos` is the part of a second, 0 … 999 999 999.
   */
  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void
  /**
   * Takes pcap records of [at, end) that are so plain that it needs no `frame` for them, all at once; returns where it
   * stopped: at a record which `frame` is to have, or at the end. Whoever has no quicker way leaves it out.
   */
  plain?(view: DataView, at: number, end: number, layout: RecordLayout): number
  /** A record that is no packet, but has a number of its own where Wireshark numbers frames. */
  otherRecord(): void
  /** A link type which the capture announces, whether or not frames follow. */
  linkType(linkType: number): void
  /** A record or block that cannot be read; the name goes into the counts of failures. */
  damaged(reason: string): void
}

/** How the records of a pcap are laid out. */
export interface RecordLayout {
  readonly linkType: number
  readonly little: boolean
  /** Bytes before the captured ones. */
  readonly headerLength: number
  readonly nanosPerUnit: number
}

/** Reads records of one capture format out of chunks of bytes. */
export interface RecordReader {
  /** Bytes that the record at the place where `read` stopped needs in all, as far as known. */
  readonly wanted: number
  /** Bytes after the place where `read` stopped that nobody needs; the caller passes over them. */
  skip: number
  /** After damage that leaves no way to find the next record. */
  readonly lost: boolean
  /** Reads whole records in [start, end) and returns where it stopped. */
  read(view: DataView, start: number, end: number): number
}
