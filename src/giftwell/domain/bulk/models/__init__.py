"""The tables of bulk, one file a noun."""

from giftwell.domain.bulk.models.batch import AT_WORK, Batch, Kind, Problem, Stage
from giftwell.domain.bulk.models.export import Export
from giftwell.domain.bulk.models.upload import Piece

__all__ = ["AT_WORK", "Batch", "Export", "Kind", "Piece", "Problem", "Stage"]
