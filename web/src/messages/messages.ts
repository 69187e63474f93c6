import { type Messages, en } from './en.ts';

/** The texts of the page's language; to add one, write its file and choose here, before anything is drawn. */
export const messages: Messages = en;
