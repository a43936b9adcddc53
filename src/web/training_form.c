#include "web/training_form.h"
#include "gen/text.h"
#include "web/user_field.h"

/* Hours as typed; what is no number becomes one that the model refuses. */
static struct opt_i64 hours_to_seconds(struct str typed)
{
	int64_t hours;
	struct str text = str_trim(typed);
	if (str_is_empty(text))
		return NONE;
	return str_to_i64(text, &hours) && hours >= 0 && hours <= TRAINING_CLOSES_MAX / 3600 ? SOME(hours * 3600)
																						 : SOME(-1);
}

void training_form_read(struct req *r, struct training_typed *typed, struct training_form *form)
{
	*typed = (struct training_typed){
		.title = req_form(r, "title"),
		.description = req_form(r, "description"),
		.organizer = req_form(r, "organizer"),
		.closes = req_form(r, "closes_before"),
		.version = req_form_id(r, "version"),
	};
	*form = (struct training_form){
		.title = str_is_null(typed->title) ? STR("") : typed->title,
		.description = typed->description,
		.organizer_login = str_trim(typed->organizer),
		.has_closes = true,
		.closes_before = hours_to_seconds(typed->closes),
		.version = typed->version ? SOME(typed->version) : NONE,
	};
}

void training_form_fill(struct req *r, const struct training_typed *typed, struct training_form_view *v)
{
	const struct text *t = &r->c.text;
	v->version = typed->version;
	v->title = (struct field){ .name = STR("title"),
		.label = t_training_title_label(t),
		.value = typed->title,
		.max_length = TRAINING_TITLE_MAX,
		.full = true };
	v->description = (struct field){ .name = STR("description"),
		.label = t_training_description_label(t),
		.value = typed->description,
		.max_length = TRAINING_TEXT_MAX,
		.optional = true,
		.full = true };
	v->organizer = (struct field){ .name = STR("organizer"),
		.label = t_training_organizer_label(t),
		.hint = t_training_organizer_hint(t),
		.value = typed->organizer };
	user_field_suggest(&v->organizer);
	v->closes = (struct field){ .name = STR("closes_before"),
		.label = t_training_closes_label(t),
		.hint = t_training_closes_hint(t),
		.value = typed->closes,
		.type = STR("number"),
		.min = STR("0"),
		.optional = true };
	field_errors(&v->title, &r->c.errs);
	field_errors(&v->description, &r->c.errs);
	field_errors(&v->organizer, &r->c.errs);
	field_errors(&v->closes, &r->c.errs);
}
