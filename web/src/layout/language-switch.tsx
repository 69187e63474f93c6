import './language-switch.css';
import { useId, useRef } from 'react';
import { chooseLanguage } from '../messages/chosen-language.ts';
import { LANGUAGES } from '../messages/language.ts';
import { language, messages } from '../messages/messages.ts';

/** The languages of the pages, each named in itself. The browser closes the list by Escape, and gives the focus back. */
export function LanguageSwitch() {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const { site } = messages;
  const shown = language.toUpperCase();
  const present = LANGUAGES.find(({ code }) => code === language);
  return (
    <div className="language">
      <button
        type="button"
        className="language-button"
        popoverTarget={id}
        aria-label={site.language(present?.name ?? '', shown)}
      >
        {shown}
      </button>
      <div
        ref={list}
        id={id}
        className="language-list"
        popover="auto"
        role="group"
        aria-label={site.languages}
      >
        {LANGUAGES.map(({ code, name }) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-current={code === language ? 'true' : undefined}
            onClick={() => (code === language ? list.current?.hidePopover() : chooseLanguage(code))}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}
